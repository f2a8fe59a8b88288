import { expect, it } from 'vitest';
import { formatMinute } from '../format/instant';
import type { Measure } from './measure';
import { bucketWords, chartWords } from './measure-words';

const measure = (name: string, values: (number | null)[]): Measure => ({ key: name, name, shape: 'line', values, textOf: (index) => (values[index] === null ? '–' : `${values[index]}/min`) });
const starts = [0, 1, 2, 3].map((minute) => Date.UTC(2026, 2, 14, 12, minute));

it('says what a chart shows: the newest, lowest and highest of complete buckets, and what is missing', () => {
  expect(chartWords([measure('Out', [30, null, 4, 9]), measure('Oldest', [null, null, null, 1])], 3)).toBe('Out: newest 4/min, lowest 4/min, highest 30/min, no facts at 1 point of 3. Oldest: no facts.');
  expect(chartWords([measure('Out', [0, 0, 0, 9])], 3)).toBe('Out: newest 0/min, lowest 0/min, highest 0/min.');
});

it('says what all measures say of one bucket, and whether it is still filling', () => {
  const measures = [measure('In', [1, 2, null, 4]), measure('Out', [5, 6, 7, 8])];
  const buckets = { starts, bucketMs: 60_000 };
  expect(bucketWords(measures, buckets, 2, 3)).toBe(`${formatMinute(starts[2]!)}: In –, Out 7/min`);
  expect(bucketWords(measures, buckets, 3, 3)).toBe(`${formatMinute(starts[3]!)}, still filling: In 4/min, Out 8/min`);
});
