/** What a former life published, as far as copies tell: a copy proves that the broker took the message; no copy proves nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LeverRun } from '@/collectors/runtime/operations/levers';

/** The tap takes copies within a moment and writes them within seconds; what is not there by then is not waited for. */
const COPIES_LIMIT_MS = 20_000;
const LOOK_MS = 500;

/** Waits until all are seen, or until a tap that has caught up would have shown them. @returns null: nobody keeps copies */
export async function formerCopies(run: Pick<LeverRun, 'seenCopies' | 'signal' | 'isHeld' | 'stopRequested' | 'progress'>, items: readonly string[], limitMs = COPIES_LIMIT_MS): Promise<ReadonlySet<string> | null> {
  const until = performance.now() + limitMs;
  let seen: ReadonlySet<string> | null = new Set();
  while (run.isHeld()) {
    // ClickHouse that is away may be back before the limit.
    seen = await run.seenCopies(items).catch(() => seen);
    if (seen === null || items.every((item) => seen?.has(item)) || performance.now() >= until || run.stopRequested()) return seen;
    run.progress({ sentence: `Waiting for copies of ${items.length} messages that were being published when the collector stopped: ${seen.size} seen.` });
    await pause(LOOK_MS, undefined, { signal: run.signal }).catch(() => undefined);
  }
  return seen;
}
