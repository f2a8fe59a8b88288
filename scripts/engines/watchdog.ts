import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processStartTime } from './process-identity.mjs';

const PROCESS_FILE = fileURLToPath(new URL('watchdog-process.mjs', import.meta.url));

/** A process to end when its owner is gone, and the signal it takes as "finish in order". */
export interface Charge {
  pid: number;
  signal: NodeJS.Signals;
}

/** A process beside us that outlives us just long enough to end our children. */
export interface Watchdog {
  pid: number;
  /** Resolves when the watchdog itself is gone. */
  exited: Promise<void>;
  /** Replaces the list of processes to end. Processes that are gone already are left out. */
  guard(charges: readonly Charge[]): void;
  /** Lets it go without ending anybody. */
  dismiss(): Promise<void>;
}

/**
 * Starts a watchdog.
 * @param graceMs time between asking and forcing
 */
export function startWatchdog(graceMs: number): Watchdog {
  const child = spawn(process.execPath, [PROCESS_FILE, String(graceMs)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Writing to a watchdog that was just killed: `exited` tells.
  child.stdin.on('error', () => undefined);
  const guard = (charges: readonly Charge[]): void => {
    const list = charges.flatMap((charge) => {
      const startTime = processStartTime(charge.pid);
      return startTime === undefined ? [] : [{ ...charge, startTime }];
    });
    child.stdin.write(`${JSON.stringify(list)}\n`);
  };
  return {
    pid: child.pid ?? 0,
    exited,
    guard,
    dismiss: async () => {
      guard([]);
      child.stdin.end();
      await exited;
    },
  };
}
