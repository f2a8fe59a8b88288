import type { AgeMethod } from '../../taps/facts';
import type { HopWaiting } from './hop-series';
import type { SeriesWindow } from './series-window';

/** What the looks at a channel within one bucket said; null where none of them knew. */
export interface WaitingBucket {
  start: number;
  /** The most that waited. */
  waiting: bigint | null;
  /** The longest that the oldest had waited, and how that was found. */
  oldestAgeMs: number | null;
  ageMethod: AgeMethod | null;
}

const NOT_KNOWN: HopWaiting = { waiting: null, oldestAgeMs: null, ageIsLowerBound: false };

/** What waited per bucket. A bucket in which no look succeeded is a gap; where nothing waited the oldest waited for no time. */
export function waitingPoints(window: SeriesWindow, buckets: readonly WaitingBucket[]): HopWaiting[] {
  const byStart = new Map(buckets.map((bucket) => [bucket.start, bucket]));
  return window.starts.map((start) => {
    const bucket = byStart.get(start);
    if (!bucket) return NOT_KNOWN;
    const { waiting, oldestAgeMs, ageMethod } = bucket;
    return {
      waiting: waiting?.toString() ?? null,
      oldestAgeMs: waiting === 0n ? 0 : oldestAgeMs,
      ageIsLowerBound: waiting !== 0n && oldestAgeMs !== null && ageMethod === 'rank',
    };
  });
}
