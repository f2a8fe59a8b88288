import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HELP, parseUpArguments, UsageError } from './arguments.mjs';
import { install, isInstalled } from './install.mjs';
import { checkDiskSpace, checkPlatform } from './preflight.mjs';
import { step } from './progress.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Checks the machine, installs dependencies where they are missing, and hands over to the supervisor in this process. */
export async function bootstrap(argv) {
  try {
    const options = parseUpArguments(argv);
    if (options.help) {
      process.stdout.write(HELP);
      return;
    }
    const dataDir = resolve(process.env.INIT_CWD ?? process.cwd(), options.dataDir);
    process.chdir(ROOT);
    checkPlatform();
    const installed = isInstalled(ROOT);
    checkDiskSpace(ROOT, !installed);
    checkDiskSpace(dataDir, false);
    if (!installed) await step('Installing dependencies (once, needs the network)', () => install(ROOT), { slow: true });
    const { register } = await import('tsx/esm/api');
    register();
    const { up } = await import('./main.ts');
    await up({ ...options, dataDir }, ROOT);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
