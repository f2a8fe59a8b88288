import { MINUTE_MS } from '../minutes';
import type { HopRates } from './hop-series';
import type { SeriesWindow } from './series-window';

/** The totals of a channel as its source counts them, at one look. */
export interface CountedLook {
  /** Unix milliseconds. */
  at: number;
  /** Counters of two epochs have nothing to do with each other. */
  epoch: string;
  entered: bigint | null;
  left: bigint | null;
}

/**
 * Rates of a hop by the counters of its source, per bucket: what they moved up to each look of the bucket, over the time
 * since the look before. Where looks failed for a while, the first one after has the mean of that while, not a peak.
 *
 * @param looks ascending; one before the window lets the first bucket be known
 */
export function countedRates(window: SeriesWindow, looks: readonly CountedLook[]): HopRates[] {
  const entered = ratesOf('entered', window, looks);
  const left = ratesOf('left', window, looks);
  return window.starts.map((start) => ({ enteredPerMinute: entered.get(start) ?? null, leftPerMinute: left.get(start) ?? null, failedPerMinute: null }));
}

function ratesOf(counter: 'entered' | 'left', { bucketMs }: SeriesWindow, looks: readonly CountedLook[]): Map<number, number> {
  const moved = new Map<number, { count: bigint; overMs: number }>();
  for (const [i, after] of looks.entries()) {
    const before = looks[i - 1];
    const [a, b] = [before?.[counter] ?? null, after[counter]];
    // A counter that went back was set back, whatever its epoch says.
    if (!before || before.epoch !== after.epoch || after.at <= before.at || a === null || b === null || b < a) continue;
    const start = Math.floor(after.at / bucketMs) * bucketMs;
    const sum = moved.get(start) ?? { count: 0n, overMs: 0 };
    moved.set(start, { count: sum.count + (b - a), overMs: sum.overMs + after.at - before.at });
  }
  return new Map([...moved].map(([start, { count, overMs }]) => [start, (Number(count) * MINUTE_MS) / overMs]));
}
