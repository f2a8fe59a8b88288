import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecord, type SpoolRecord } from '../spool/record';

/** Requests that cannot be processed, kept as spool records in a file per event, for a person to look at or send again. */
export class Quarantine {
  readonly #dir: string;

  constructor(spoolDir: string) {
    this.#dir = join(spoolDir, 'quarantine');
  }

  /** @returns the file the records were kept in, durable */
  keep(records: readonly SpoolRecord[], reason: string, nowMs: number): string {
    mkdirSync(this.#dir, { recursive: true });
    const file = join(this.#dir, `${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}-${reason}.seg`);
    const handle = openSync(file, 'a', 0o600);
    try {
      for (const record of records) writeSync(handle, encodeRecord(record));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return file;
  }

  /** What is kept at the moment. */
  contents(): { files: number; bytes: number } {
    try {
      const files = readdirSync(this.#dir);
      return { files: files.length, bytes: files.reduce((sum, name) => sum + statSync(join(this.#dir, name)).size, 0) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: 0, bytes: 0 };
      throw error;
    }
  }
}
