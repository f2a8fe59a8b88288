import { describe, expect, it } from 'vitest';
import { placeMarks, wordsWithin } from './axis-marks';

const at = (second: number) => new Date(second * 1000).toISOString();
/** A hundred seconds on a thousand pixels. */
const AXIS = { first: 0, last: 100_000, bucketMs: 10_000, width: 1_000 };
const place = (marks: { at: string; word: string }[], axis = AXIS) => placeMarks(marks, axis).map(({ x, word, side }) => [word, Math.round(x), side]);

describe('marks on a time axis', () => {
  it('stand where they happened, oldest first, with their word beside them', () => {
    expect(place([{ at: at(60), word: 'Failing' }, { at: at(20), word: 'Healthy' }])).toEqual([['Healthy', 200, 'right'], ['Failing', 600, 'right']]);
  });

  it('leave out what is before the axis or after its last bucket, and keep what happened within that', () => {
    expect(place([{ at: at(-1), word: 'Old' }, { at: at(109), word: 'New' }, { at: at(110), word: 'Future' }])).toEqual([['New', 1_000, 'left']]);
  });

  it('keep the word of the newest where they crowd, and every line', () => {
    expect(place([{ at: at(50), word: 'Degraded' }, { at: at(52), word: 'Failing' }, { at: at(45), word: 'Silent' }])).toEqual([['Silent', 450, 'right'], ['Degraded', 500, null], ['Failing', 520, 'right']]);
  });

  it('write to the left where the right has no room, unless a word is there', () => {
    expect(place([{ at: at(99), word: 'Failing' }])).toEqual([['Failing', 990, 'left']]);
    expect(place([{ at: at(99), word: 'Failing' }, { at: at(95), word: 'Healthy' }])).toEqual([['Healthy', 950, null], ['Failing', 990, 'left']]);
  });

  it('have room for fewer words on a phone', () => {
    expect(place([{ at: at(20), word: 'Healthy' }, { at: at(40), word: 'Failing' }], { ...AXIS, width: 200 })).toEqual([['Healthy', 40, null], ['Failing', 80, 'right']]);
  });

  it('keep what they lead to', () => {
    expect(placeMarks([{ at: at(1), word: 'Paused', href: '/operations/1' }], AXIS)[0]).toMatchObject({ href: '/operations/1' });
  });
});

it('names what happened within a bucket, in order', () => {
  const marks = [{ at: at(19.9), word: 'Failing' }, { at: at(10), word: 'Degraded' }, { at: at(20), word: 'Healthy' }];
  expect(wordsWithin(marks, 10_000, 10_000)).toBe('Degraded, Failing');
  expect(wordsWithin(marks, 30_000, 10_000)).toBe('');
});
