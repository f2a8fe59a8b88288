import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Every top-level folder that holds modules. */
export const SOURCE_FOLDERS = ['app', 'server', 'collectors', 'sandbox', 'scripts', 'bench', 'e2e', 'drizzle'];
/** Modules; without what Next generates. */
const MODULE = /(?<!^next-env\.d)\.(ts|tsx|mts|mjs)$/;

/**
 * Reads every module of the source folders and the root.
 * @returns texts by path relative to the root, with forward slashes
 */
export function readSourceFiles(root: string): Map<string, string> {
  const paths = [
    ...filesIn(root, { recursive: false }),
    ...SOURCE_FOLDERS.flatMap((folder) => filesIn(join(root, folder), { recursive: true }).map((file) => posix.join(folder, file))),
  ].filter((file) => MODULE.test(file));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

function filesIn(folder: string, options: { recursive: boolean }): string[] {
  return readdirSync(folder, { encoding: 'utf8', ...options }).map((file) => file.replaceAll('\\', '/'));
}
