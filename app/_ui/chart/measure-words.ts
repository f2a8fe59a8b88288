import { formatMinute } from '../format/instant';
import { countOf } from '../format/number';
import type { Measure, TimeBuckets } from './measure';

/** What all measures say of one bucket: `12:04, still filling: In 31 msg/min, Out 34 msg/min`. */
export function bucketWords(measures: readonly Measure[], { starts }: TimeBuckets, index: number, fillingFrom: number): string {
  const figures = measures.map((measure) => `${measure.name} ${measure.textOf(index)}`).join(', ');
  return `${bucketName(starts[index] ?? 0, index, fillingFrom)}: ${figures}`;
}

export function bucketName(start: number, index: number, fillingFrom: number): string {
  return `${formatMinute(start)}${index >= fillingFrom ? ', still filling' : ''}`;
}

/** A chart as sentences, for those who do not see it: per measure the newest, lowest and highest figure, and what is missing. */
export function chartWords(measures: readonly Measure[], fillingFrom: number): string {
  return measures.map((measure) => measureWords(measure, fillingFrom)).join(' ');
}

function measureWords({ name, values, textOf }: Measure, fillingFrom: number): string {
  const complete = values.slice(0, fillingFrom);
  const known = complete.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const newest = known.at(-1);
  if (!newest) return `${name}: no facts.`;
  const byValue = known.toSorted((a, b) => a.value - b.value);
  const gaps = complete.length - known.length;
  return [
    `${name}: newest ${textOf(newest.index)}`,
    `lowest ${textOf(byValue[0]!.index)}`,
    `highest ${textOf(byValue.at(-1)!.index)}`,
    ...(gaps > 0 ? [`no facts at ${countOf(gaps, 'point')} of ${complete.length}`] : []),
  ].join(', ') + '.';
}
