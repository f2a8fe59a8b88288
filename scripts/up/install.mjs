import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './arguments.mjs';

const STAMP = 'node_modules/.signalbox-install';

/** Whether node_modules holds what package-lock.json asks for. Never touches the network. */
export function isInstalled(root) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(lock)) return true;
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed) || !matches(JSON.parse(lock), JSON.parse(readFileSync(installed, 'utf8')))) return false;
  // Installed by hand with `npm install` or `npm ci`.
  writeFileSync(stamp, hashOf(lock));
  return true;
}

/** What npm recorded about node_modules against the lock file: only packages for other platforms may be missing. */
export function matches(lock, installed) {
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  const complete = wanted.every(([path, entry]) => {
    const found = installed.packages[path];
    return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true;
  });
  return complete && Object.keys(installed.packages).every((path) => path in lock.packages);
}

/**
 * Runs `npm ci`.
 * @throws UsageError with npm's first error line
 */
export async function install(root) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [program, ...before] = npm;
  const child = spawn(program, [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = (complaint + chunk).slice(0, 4_000)));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      complaint = error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    const reason = complaint.split('\n').find((line) => /npm (error|ERR!) (?!code )\S/.test(line)) ?? complaint.trim().split('\n').at(-1);
    throw new UsageError(`npm ci failed (${reason}): check the network or the npm registry setting and try again.`);
  }
  writeFileSync(join(root, STAMP), hashOf(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}
