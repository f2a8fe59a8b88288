import { expect, it } from 'vitest';
import { axisMarks } from './axis-marks';

const at = (second: number) => new Date(second * 1000).toISOString();

it('keeps the marks on the axis, and the word of the newest where they crowd', () => {
  const marks = [
    { at: at(95), word: 'Failing' },
    { at: at(91), word: 'Degraded' },
    { at: at(84), word: 'Healthy' },
    { at: at(-5), word: 'Unknown' },
  ];
  expect(axisMarks(marks, 0, 100_000)).toEqual([
    { at: 84_000, word: 'Healthy' },
    { at: 91_000, word: '' },
    { at: 95_000, word: 'Failing' },
  ]);
});
