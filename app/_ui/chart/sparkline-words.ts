import type { SparkPoint } from '@/server/domain/health/flow-view';
import { countOf, formatCount } from '../format/number';

/** The figures of a sparkline as a sentence, for those who do not see it. */
export function sparklineWords(points: readonly SparkPoint[]): string {
  const known = points.filter((point) => point.complete && point.leaves !== null);
  if (known.length === 0) return 'No facts in the last 60 minutes';
  const leaves = known.map((point) => point.leaves ?? 0);
  const failed = points.reduce((sum, point) => sum + (point.failedAttempts ?? 0), 0);
  const gaps = points.filter((point) => point.complete && point.leaves === null).length;
  return [
    `Messages per minute over ${countOf(points.length, 'minute')}: now ${formatCount(leaves.at(-1) ?? 0)}`,
    `lowest ${formatCount(Math.min(...leaves))}`,
    `highest ${formatCount(Math.max(...leaves))}`,
    countOf(failed, 'failed attempt'),
    ...(gaps > 0 ? [`facts missing for ${countOf(gaps, 'minute')}`] : []),
  ].join(', ');
}
