import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Segment files `00000001.seg`, … in one folder. */
export class SegmentFolder {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  path(segment: number): string {
    return join(this.#dir, `${String(segment).padStart(8, '0')}.seg`);
  }

  /** Numbers of the segments that exist, oldest first, with their size in bytes. */
  list(): { segment: number; bytes: number }[] {
    return readdirSync(this.#dir)
      .filter((name) => /^\d{8,}\.seg$/.test(name))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b)
      .map((segment) => ({ segment, bytes: statSync(this.path(segment)).size }));
  }

  remove(segment: number): void {
    unlinkSync(this.path(segment));
  }

  /** A new file is durable only once its folder is. */
  syncFolder(): void {
    const folder = openSync(this.#dir, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
