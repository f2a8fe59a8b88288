/** `npm run -s cli -- <command>`: see --help. */
import { runCli } from './run-cli';

const { exitCode, stdout, stderr } = await runCli(process.argv.slice(2), process.env);
if (stdout) console.log(stdout);
if (stderr) console.error(stderr);
process.exitCode = exitCode;
