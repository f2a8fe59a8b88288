import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 ** 2;

/**
 * A log file that is put aside as `<path>.1` when it has grown to its limit; the one put aside before is dropped. A full
 * disk loses lines, never the process: the log says how much once it can be written again.
 */
export class RotatingLog {
  private descriptor: number;
  private bytes: number;
  private lostBytes = 0;

  constructor(
    private readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.descriptor = openSync(path, 'a', 0o600);
    this.bytes = fstatSync(this.descriptor).size;
  }

  write(chunk: Buffer): void {
    try {
      if (this.bytes > 0 && this.bytes + chunk.length > this.maxBytes) this.rotate();
      if (this.lostBytes > 0) this.append(Buffer.from(`(${this.lostBytes} bytes of log could not be written)\n`));
      this.lostBytes = 0;
      this.append(chunk);
    } catch {
      this.lostBytes += chunk.length;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private append(chunk: Buffer): void {
    writeSync(this.descriptor, chunk);
    this.bytes += chunk.length;
  }

  private rotate(): void {
    renameSync(this.path, `${this.path}.1`);
    closeSync(this.descriptor);
    this.descriptor = openSync(this.path, 'a', 0o600);
    this.bytes = 0;
  }
}
