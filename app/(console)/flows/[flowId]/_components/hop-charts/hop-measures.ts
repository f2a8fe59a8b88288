import type { HopPoint, HopSeries } from '@/server/domain/health/series/hop-series';
import type { Measure, TimeBuckets } from '../../../../../_ui/chart/measure';
import { formatAge, formatDuration } from '../../../../../_ui/format/duration';
import { formatCount, formatRate, NOT_KNOWN } from '../../../../../_ui/format/number';

/** What one chart shows: its figures, and from which bucket on they are still filling. */
export interface ChartFacts {
  measures: readonly Measure[];
  fillingFrom: number;
  /** False where every figure is a gap, so that there is nothing to draw. */
  isKnown: boolean;
}

/** What the charts of a hop show, all over the same buckets. */
export interface HopCharts {
  buckets: TimeBuckets;
  throughput: ChartFacts;
  latency: ChartFacts;
  backlog: ChartFacts;
}

/** Turns the series of a hop into what its charts draw: which figures, in which shape, in which words. */
export function hopCharts({ points, bucketMs, countedBy }: HopSeries): HopCharts {
  // What a source counts is known when its bucket is over; traces may come in later.
  const last = Math.max(0, points.length - 1);
  const traced = points.findLastIndex(({ complete }) => complete) + 1;
  return {
    buckets: { starts: points.map(({ at }) => Date.parse(at)), bucketMs },
    throughput: chart(countedBy === 'source' ? last : traced, [
      rate(points, 'in', 'In', 'faint', ({ enteredPerMinute }) => enteredPerMinute),
      rate(points, 'out', 'Out', 'line', ({ leftPerMinute }) => leftPerMinute),
      rate(points, 'failed', 'Failed attempts', 'bar', ({ failedPerMinute }) => failedPerMinute),
    ]),
    latency: chart(traced, [
      duration(points, 'p50', 'faint', ({ p50Ms }) => p50Ms),
      duration(points, 'p95', 'line', ({ p95Ms }) => p95Ms),
    ]),
    backlog: chart(last, [waiting(points), oldest(points)]),
  };
}

function chart(fillingFrom: number, measures: readonly Measure[]): ChartFacts {
  return { measures, fillingFrom, isKnown: measures.some(({ values }) => values.some((value) => value !== null)) };
}

function rate(points: readonly HopPoint[], key: string, name: string, shape: Measure['shape'], valueOf: (point: HopPoint) => number | null): Measure {
  const values = points.map(valueOf);
  return { key, name, shape, values, textOf: (index) => withUnit(formatRate(values[index] ?? null), '/min') };
}

function duration(points: readonly HopPoint[], name: string, shape: Measure['shape'], valueOf: (point: HopPoint) => number | null): Measure {
  const values = points.map(valueOf);
  return { key: name, name, shape, values, textOf: (index) => formatDuration(values[index] ?? null) };
}

/** Drawn as a number, which is exact enough for a pixel; written as the exact count. */
function waiting(points: readonly HopPoint[]): Measure {
  return {
    key: 'waiting', name: 'Waiting', shape: 'area',
    values: points.map((point) => (point.waiting === null ? null : Number(point.waiting))),
    textOf: (index) => formatCount(points[index]?.waiting ?? null),
  };
}

function oldest(points: readonly HopPoint[]): Measure {
  const values = points.map(({ oldestAgeMs }) => oldestAgeMs);
  return {
    key: 'oldest', name: 'Oldest', shape: 'line', onRight: true, values,
    textOf: (index) => `${points[index]?.ageIsLowerBound ? 'at least ' : ''}${formatAge(values[index] ?? null)}`,
  };
}

function withUnit(figure: string, unit: string): string {
  return figure === NOT_KNOWN ? figure : `${figure}${unit}`;
}
