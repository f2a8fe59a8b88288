import { gapMs } from '../network/rhythm';
import { createOutageLog } from './outage-log';

const LONGEST_GAP_MS = 5_000;

/**
 * Calls `emit` in the network's daily rhythm until stopped. One emission at a time: when the database is slow the
 * rhythm waits for it, it does not pile up.
 */
export function startTicker(
  { busiestPerMinute, emit, name }: { busiestPerMinute: number; emit: () => Promise<void>; name: string },
): { stop(): void } {
  const outages = createOutageLog(name);
  let stopped = false;
  let timer: NodeJS.Timeout;
  function schedule(delayMs: number): void {
    timer = setTimeout(() => {
      const startedAt = Date.now();
      emit()
        .then(outages.succeeded, outages.failed)
        .finally(() => {
          if (stopped) return;
          const gap = Math.min(LONGEST_GAP_MS, gapMs(busiestPerMinute, new Date()));
          // Up to 30 % earlier or later, or everything would move in step.
          schedule(Math.max(0, gap * (0.7 + Math.random() * 0.6) - (Date.now() - startedAt)));
        });
    }, delayMs);
  }
  schedule(0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
