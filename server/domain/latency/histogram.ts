/**
 * Latency as an integer log-bucket histogram: 16 buckets per octave from 2^10 ns (about 1 µs), so a value read back from
 * the middle of its bucket is wrong by at most 2.2 % (2^(1/32) − 1). Sums of histograms are exact, whatever the order.
 * Bucket b covers [2^((b+160)/16), 2^((b+161)/16)) ns; values outside are kept in the first or last bucket.
 */
const BUCKETS_PER_OCTAVE = 16;
const OFFSET = 160;
const LAST_BUCKET = 511;
const NS_PER_MS = 1e6;

/** Bucket number to count of messages or spans. */
export type Histogram = ReadonlyMap<number, number>;

export function bucketOf(ns: number): number {
  const bucket = Math.floor(Math.log2(Math.max(ns, 1)) * BUCKETS_PER_OCTAVE) - OFFSET;
  return Math.min(LAST_BUCKET, Math.max(0, bucket));
}

/** Bounds of a bucket in nanoseconds, lower inclusive, upper exclusive. */
export function bucketBounds(bucket: number): { fromNs: number; toNs: number } {
  return { fromNs: 2 ** ((bucket + OFFSET) / BUCKETS_PER_OCTAVE), toNs: 2 ** ((bucket + OFFSET + 1) / BUCKETS_PER_OCTAVE) };
}

export function total(histogram: Histogram): number {
  let sum = 0;
  for (const count of histogram.values()) sum += count;
  return sum;
}

export function merge(histograms: Iterable<Histogram>): Map<number, number> {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/**
 * The value at quantile `q` (0..1, nearest rank) in milliseconds, as the geometric middle of its bucket.
 * Null for an empty histogram: no number is not zero.
 */
export function quantileMs(histogram: Histogram, q: number): number | null {
  const count = total(histogram);
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(q * count));
  let seen = 0;
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(bucket)!;
    if (seen >= rank) return middleMs(bucket);
  }
  return null;
}

/** How many of the counted values lie above a limit; values in the limit's own bucket count as within it. */
export function countAbove(histogram: Histogram, limitMs: number): number {
  const limitBucket = bucketOf(limitMs * NS_PER_MS);
  let above = 0;
  for (const [bucket, count] of histogram) if (bucket > limitBucket) above += count;
  return above;
}

function middleMs(bucket: number): number {
  return 2 ** ((bucket + OFFSET + 0.5) / BUCKETS_PER_OCTAVE) / NS_PER_MS;
}
