/** Asks a broker again and again until something is so. */
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 100;
const PATIENCE_MS = 20_000;

/** @param otherwise made when it did not become so in time @throws the signal's reason when aborted */
export async function waitFor(signal: AbortSignal, isSo: () => Promise<boolean>, otherwise: () => Error, patienceMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw otherwise();
    await pause(EVERY_MS, undefined, { signal });
  }
}
