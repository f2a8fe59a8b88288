import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Both ends of a named pipe that no longer has a name. */
export interface InputLeash {
  /** To be the child's standard input; close it here once the child has it. */
  readEnd: number;
  /** As long as this process lives and keeps it open, the child waits for input. */
  writeEnd: number;
}

/**
 * A pipe whose writer is this process alone, so that a child reading it sees the end of input when this process lets go or
 * dies. Node's own `pipe` is a socket, which cannot be opened by its path /dev/stdin as ClickHouse does.
 */
export function openInputLeash(directory: string): InputLeash {
  const path = join(directory, `input-${process.pid}-${Date.now()}.fifo`);
  execFileSync('mkfifo', ['-m', '600', path]);
  try {
    // Opening one end waits for the other; read-write waits for nobody.
    const both = openSync(path, constants.O_RDWR);
    const readEnd = openSync(path, constants.O_RDONLY);
    const writeEnd = openSync(path, constants.O_WRONLY);
    closeSync(both);
    return { readEnd, writeEnd };
  } finally {
    rmSync(path, { force: true });
  }
}
