/** `npm run -s cli -- <command>`: see --help. */
import { runCli } from './run-cli';

/** Nothing is asked for: without a pipe there is no input. */
async function readInput(): Promise<string> {
  if (process.stdin.isTTY) return '';
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const { exitCode, stdout, stderr } = await runCli(process.argv.slice(2), process.env, readInput, (text) => console.error(text));
if (stdout) console.log(stdout);
if (stderr) console.error(stderr);
process.exitCode = exitCode;
