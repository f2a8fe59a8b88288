import { expect, it } from 'vitest';
import { bucketAfterKey, bucketAt, bucketX, plotWidth, readIndex } from './plot-area';

it.each([
  [0, 0],
  [4.9, 0],
  [5.1, 1],
  [590, 59],
  [700, 59],
  [-20, 0],
])('a pointer %d px into a plot of 590 px is at bucket %d of 60', (x, index) => expect(bucketAt(x, 590, 60)).toBe(index));

it('leads from a bucket to its place and back', () => {
  for (const index of [0, 1, 17, 59]) expect(bucketAt(bucketX(index, 333, 60), 333, 60)).toBe(index);
  expect([bucketAt(100, 333, 1), bucketX(0, 333, 1), bucketAt(100, 0, 60)]).toEqual([0, 0, 0]);
});

it('leaves no negative room in a box that is too narrow', () => expect(plotWidth(40)).toBe(0));

it.each([
  ['ArrowLeft', 58],
  ['ArrowRight', 59],
  ['PageDown', 49],
  ['Home', 0],
  ['Enter', null],
])('%s leads from the last of 60 to %s', (key, index) => expect(bucketAfterKey(key, 59, 60)).toBe(index));

it('reads what is pointed at, else the newest complete bucket', () => {
  expect([readIndex(3, 59), readIndex(-1, 59), readIndex(-1, 0), readIndex(0, 59)]).toEqual([3, 58, 0, 0]);
});
