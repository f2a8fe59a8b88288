import type { SparkPoint } from '@/server/domain/health/flow-view';

export interface ThroughputPoint {
  /** Start of the minute in epoch milliseconds. */
  at: number;
  /** Null breaks the line: facts are missing. */
  left: number | null;
  /** Only for the last complete minute and the one still filling: drawn dashed. */
  filling: number | null;
  failed: number | null;
}

/** Prepares the chart: which value belongs to the solid line, which to the dashed one, where there is a gap. */
export function throughputSeries(points: readonly SparkPoint[]): ThroughputPoint[] {
  return points.map((point, index) => {
    const leadsIntoFilling = point.complete && points[index + 1]?.complete === false;
    return {
      at: Date.parse(point.minute),
      left: point.complete ? point.leaves : null,
      filling: point.complete && !leadsIntoFilling ? null : point.leaves,
      failed: point.failedAttempts,
    };
  });
}
