import { SERIES_WINDOWS, type SeriesRange } from './hop-series';

/** Buckets of one length in a row, in Unix milliseconds; the last one holds now. */
export interface SeriesWindow {
  bucketMs: number;
  /** Start of the first bucket. */
  fromMs: number;
  toMs: number;
  /** Start of every bucket, ascending. */
  starts: readonly number[];
}

/** The window that ends now. Buckets begin at multiples of their length, so that they do not move from one refresh to the next. */
export function seriesWindow(range: SeriesRange, nowMs: number): SeriesWindow {
  const { lengthMs, bucketMs } = SERIES_WINDOWS[range];
  const count = lengthMs / bucketMs;
  const last = Math.floor(nowMs / bucketMs) * bucketMs;
  const fromMs = last - (count - 1) * bucketMs;
  return { bucketMs, fromMs, toMs: nowMs, starts: Array.from({ length: count }, (_, i) => fromMs + i * bucketMs) };
}
