import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that readers see the old or the new content, never a part. */
export function replaceFile(path: string, content: string, mode = 0o644): void {
  const next = `${path}.next`;
  writeFileSync(next, content, { mode });
  renameSync(next, path);
}
