import { expect, it } from 'vitest';
import { linePieces } from './measure';

it('keeps gaps, and joins what is still filling to the last complete bucket', () => {
  const pieces = linePieces([10, null, 0, 4], 3);
  expect(pieces.solid).toEqual([10, null, 0, null]);
  expect(pieces.filling).toEqual([null, null, 0, 4]);
});

it('finds what has gaps on both sides, also at the ends', () => {
  expect([...linePieces([1, null, 2, null, 3, 4, null, 0], 8).lonely]).toEqual([0, 2, 7]);
  expect([...linePieces([null, null], 1).lonely]).toEqual([]);
});

it('is all dashed while nothing is complete, and all solid when everything is', () => {
  expect(linePieces([1, 2], 0)).toMatchObject({ solid: [null, null], filling: [1, 2] });
  expect(linePieces([1, 2], 2)).toMatchObject({ solid: [1, 2], filling: [null, 2] });
});
