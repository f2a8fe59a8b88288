/** What the charts of a hop show: the shapes shared by the flow page, tRPC and REST. */

const MINUTE_MS = 60_000;

/** How far back a series reaches, always from now, and how long each of its buckets is: a few hundred points at most. */
export const SERIES_WINDOWS = {
  '1h': { lengthMs: 60 * MINUTE_MS, bucketMs: MINUTE_MS },
  '6h': { lengthMs: 360 * MINUTE_MS, bucketMs: MINUTE_MS },
  '24h': { lengthMs: 1_440 * MINUTE_MS, bucketMs: 5 * MINUTE_MS },
} as const;

export type SeriesRange = keyof typeof SERIES_WINDOWS;
export const SERIES_RANGES = ['1h', '6h', '24h'] as const satisfies readonly SeriesRange[];

/** One bucket of time. Null is a gap: nobody knows; a zero was measured. */
export interface HopPoint {
  /** Start of the bucket. */
  at: string;
  /** False while traces of the bucket may still come in: drawn dashed. What its source counts is complete when the bucket is over. */
  complete: boolean;
  /** Rates are over the minutes of the bucket that are known. */
  enteredPerMinute: number | null;
  leftPerMinute: number | null;
  /** Null also where a source counts and no trace tells of attempts. */
  failedPerMinute: number | null;
  /** Of the messages that left in the bucket and whose entry was seen; null where there was none. */
  p50Ms: number | null;
  p95Ms: number | null;
  /** The most that waited at any look within the bucket, as a decimal string (64 bit). */
  waiting: string | null;
  /** The longest that the oldest had waited at any look within the bucket; 0 where nothing waited. */
  oldestAgeMs: number | null;
  /** The oldest had waited at least that long. */
  ageIsLowerBound: boolean;
}

export type HopRates = Pick<HopPoint, 'enteredPerMinute' | 'leftPerMinute' | 'failedPerMinute'>;
export type HopWaiting = Pick<HopPoint, 'waiting' | 'oldestAgeMs' | 'ageIsLowerBound'>;

export interface HopSeries {
  flowId: string;
  hopId: string;
  range: SeriesRange;
  bucketMs: number;
  asOf: string;
  /** Who counted what entered and left: traces, or the hop's own source where no trace was received. Null: nobody. */
  countedBy: 'traces' | 'source' | null;
  /** Oldest first, without holes: the last one is the bucket that holds `asOf`. */
  points: HopPoint[];
}
