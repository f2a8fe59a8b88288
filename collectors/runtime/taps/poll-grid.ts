/** The instants at which a source is looked at: multiples of its interval since the Unix epoch. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks at every grid instant until the signal aborts, one look at a time: instants that pass during a look are left out,
 * never made up for. A clock that is set back or forth moves the grid with it.
 */
export async function everyGridInstant(
  { everyMs, signal, now }: { everyMs: number; signal: AbortSignal; now: () => number },
  look: (sampleTime: number) => Promise<void>,
): Promise<void> {
  let last = Number.NaN;
  while (!signal.aborted) {
    const at = now();
    const instant = Math.floor(at / everyMs) * everyMs;
    if (instant !== last) {
      last = instant;
      await look(instant);
      continue;
    }
    await pause(Math.min(everyMs, instant + everyMs - at), undefined, { signal, ref: false }).catch(() => undefined);
  }
}
