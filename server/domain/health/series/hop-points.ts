import { quantileMs, type Histogram } from '../../latency/histogram';
import { countedRates, type CountedLook } from './counted-rates';
import type { HopPoint, HopSeries } from './hop-series';
import type { SeriesWindow } from './series-window';
import { isComplete, tracedRates, type Listening, type TracedMinute } from './traced-rates';
import { waitingPoints, type WaitingBucket } from './waiting-points';

/** What is known of a hop over a window. Instants are Unix milliseconds. */
export interface SeriesFacts {
  minutes: readonly TracedMinute[];
  listening: Listening;
  /** Latency of what left, per bucket in which anything did. */
  latency: readonly { start: number; histogram: Histogram }[];
  /** Looks at the channel; empty where nothing taps it. */
  waiting: readonly WaitingBucket[];
  /** Ascending. */
  counted: readonly CountedLook[];
}

/** Joins what traces and the tap say of a hop into one point per bucket. */
export function hopPoints(window: SeriesWindow, facts: SeriesFacts): Pick<HopSeries, 'countedBy' | 'points'> {
  const countedBy = whoCounted(facts);
  const rates = countedBy === 'source' ? countedRates(window, facts.counted) : tracedRates(window, facts.minutes, facts.listening);
  const waiting = waitingPoints(window, facts.waiting);
  const latencyOf = new Map(facts.latency.map(({ start, histogram }) => [start, histogram]));
  const points = window.starts.map((start, i): HopPoint => {
    const latency: Histogram = latencyOf.get(start) ?? new Map();
    return {
      at: new Date(start).toISOString(),
      complete: isComplete(start, window.bucketMs, facts.listening),
      ...rates[i]!,
      p50Ms: quantileMs(latency, 0.5),
      p95Ms: quantileMs(latency, 0.95),
      ...waiting[i]!,
    };
  });
  return { countedBy, points };
}

/** As a hop is judged: by its traces where there are any, else by the counters of its source. */
function whoCounted({ minutes, listening, counted }: SeriesFacts): HopSeries['countedBy'] {
  if (minutes.length > 0) return 'traces';
  if (counted.some(({ entered, left }) => entered !== null || left !== null)) return 'source';
  return listening.firstFact === null ? null : 'traces';
}
