import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UsageError } from './arguments.mjs';
import { RotatingLog } from './rotating-log';
import { runToEnd, spawnLeashed } from './spawn-leashed';

const SOURCES = ['app', 'server', 'drizzle', 'public'];
const SOURCE_FILES = /^(package-lock\.json|(next|postcss)\.config\.\w+|tsconfig.*\.json|proxy\.ts|instrumentation\.ts)$/;
const STAMP = '.next/signalbox-build';

/** Whether the last build was made from these sources. */
export function isBuilt(root: string): boolean {
  const stamp = join(root, STAMP);
  return existsSync(stamp) && existsSync(join(root, '.next/BUILD_ID')) && readFileSync(stamp, 'utf8') === sourceHash(root);
}

/**
 * Builds the web interface for production.
 * @throws UsageError with the build's first complaint and where the rest is
 */
export async function buildWeb(root: string, logFile: string, signal: AbortSignal): Promise<void> {
  const hash = sourceHash(root);
  const log = new RotatingLog(logFile);
  const child = spawnLeashed([join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  let output = '';
  const code = await runToEnd(child, signal, (_, chunk) => {
    output = (output + chunk.toString()).slice(-8_000);
    log.write(chunk);
  }).finally(() => log.close());
  // A build that ended early may still say 0: what counts is what it leaves behind.
  if (code !== 0 || !existsSync(join(root, '.next/BUILD_ID'))) {
    const complaint = output.split('\n').find((line) => /error/i.test(line))?.trim();
    throw new UsageError(`The web interface could not be built${complaint ? ` (${complaint})` : ''}: see ${logFile}.`);
  }
  stampBuild(root, hash);
}

/** Records which sources the build in .next was made from. */
export function stampBuild(root: string, hash = sourceHash(root)): void {
  writeFileSync(join(root, STAMP), hash);
}

/** Hash over names and contents of everything the build reads, tests left out. */
function sourceHash(root: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(root).filter((name) => SOURCE_FILES.test(name));
  for (const directory of SOURCES.filter((name) => existsSync(join(root, name)))) {
    const entries = readdirSync(join(root, directory), { recursive: true, withFileTypes: true });
    const sources = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name));
    files.push(...sources.map((entry) => relative(root, join(entry.parentPath, entry.name))));
  }
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}
