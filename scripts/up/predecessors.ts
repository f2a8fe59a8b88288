import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isSameProcess, type ProcessIdentity } from '../engines/process-identity.mjs';

/** A killed supervisor's watchdog needs this long at most. */
const WATCHDOG_MS = 10_000;

/** Waits for the processes of a supervisor that was killed on this data directory, and ends those that stay. */
export async function awaitPredecessors(supervisorFile: string): Promise<void> {
  const left = (): ProcessIdentity[] => recorded(supervisorFile).filter(isSameProcess);
  const deadline = Date.now() + WATCHDOG_MS;
  while (left().length > 0 && Date.now() < deadline) await pause(100);
  for (const { pid } of left()) process.kill(pid, 'SIGKILL');
  while (left().length > 0) await pause(50);
}

function recorded(file: string): ProcessIdentity[] {
  if (!existsSync(file)) return [];
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as { children: Partial<ProcessIdentity>[] };
    return report.children.flatMap(({ pid, startTime }) => (pid && startTime ? [{ pid, startTime }] : []));
  } catch {
    return [];
  }
}
