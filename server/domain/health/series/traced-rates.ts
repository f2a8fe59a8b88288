import { MINUTE_MS } from '../minutes';
import type { HopRates } from './hop-series';
import type { SeriesWindow } from './series-window';

/** What spans said about a hop in one receive-time minute. */
export interface TracedMinute {
  start: number;
  enters: number;
  leaves: number;
  failedAttempts: number;
}

/** Which minutes are known, in Unix milliseconds. */
export interface Listening {
  /** Starts of the minutes in which receivers listened from the beginning. */
  observed: ReadonlySet<number>;
  /** Everything received before is stored; null when no receiver reports. */
  completeThrough: number | null;
  /** Start of the first minute with a span of this hop, also one before the window; null when there never was one. */
  firstFact: number | null;
}

/**
 * Rates of a hop as traces show them, per bucket. A minute without spans is a zero where receivers listened and the hop
 * had been heard of before, else it is not known; a bucket is a gap when none of its minutes is known.
 */
export function tracedRates(window: SeriesWindow, minutes: readonly TracedMinute[], listening: Listening): HopRates[] {
  const byStart = new Map(minutes.map((minute) => [minute.start, minute]));
  return window.starts.map((start) => {
    const known = minutesOf(start, window)
      .map((minute) => byStart.get(minute) ?? (isKnownZero(minute, window.toMs, listening) ? { start: minute, enters: 0, leaves: 0, failedAttempts: 0 } : null))
      .filter((minute) => minute !== null);
    const rate = (what: 'enters' | 'leaves' | 'failedAttempts') => (known.length === 0 ? null : known.reduce((sum, minute) => sum + minute[what], 0) / known.length);
    return { enteredPerMinute: rate('enters'), leftPerMinute: rate('leaves'), failedPerMinute: rate('failedAttempts') };
  });
}

/** Whether all spans that were received in the bucket are stored. */
export function isComplete(start: number, bucketMs: number, { observed, completeThrough }: Listening): boolean {
  const end = start + bucketMs;
  // The minute after it was written down as observed, which happens when facts are complete through it.
  return (completeThrough !== null && end <= completeThrough) || observed.has(end);
}

function minutesOf(start: number, { bucketMs, toMs }: SeriesWindow): number[] {
  return Array.from({ length: bucketMs / MINUTE_MS }, (_, i) => start + i * MINUTE_MS).filter((minute) => minute <= toMs);
}

function isKnownZero(minute: number, now: number, { observed, completeThrough, firstFact }: Listening): boolean {
  if (firstFact === null || minute < firstFact) return false;
  if (observed.has(minute)) return true;
  // Whether anybody listens in the minute that has just begun is known only a moment later; until then, as in the one before.
  const before = minute - MINUTE_MS;
  return minute === Math.floor(now / MINUTE_MS) * MINUTE_MS && completeThrough !== null && completeThrough >= before && observed.has(before);
}
