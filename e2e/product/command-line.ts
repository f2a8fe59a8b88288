import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { product } from './product';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm run -s cli -- …` against the running product; answers what it prints, without the last line break. */
export async function cli(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'cli', '--', ...args], { cwd: ROOT, env: { ...process.env, SIGNALBOX_DATA_DIR: product().dataDir } });
  return stdout.replace(/\n$/, '');
}
