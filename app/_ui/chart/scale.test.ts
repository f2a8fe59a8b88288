import { describe, expect, it } from 'vitest';
import { countTicks, durationTicks, timeTicks } from './scale';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('ticks of counts', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [40, [0, 10, 20, 30, 40]],
    [41, [0, 20, 40, 60]],
    [1_204, [0, 500, 1_000, 1_500]],
    [9_007_199, [0, 5_000_000, 10_000_000]],
  ])('to %d', (max, ticks) => expect(countTicks(max)).toEqual(ticks));
});

describe('ticks of durations', () => {
  it.each([
    [0, [0, 1_000]],
    [0.4, [0, 1]],
    [830, [0, 500, 1_000]],
    [3 * MINUTE + 1, [0, MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE]],
    [90 * MINUTE, [0, 30 * MINUTE, HOUR, 90 * MINUTE]],
    [1_000 * 24 * HOUR, [0, 250, 500, 750, 1_000].map((days) => days * 24 * HOUR)],
  ])('to %d ms', (max, ticks) => expect(durationTicks(max)).toEqual(ticks));
});

describe('ticks of the time axis', () => {
  const noon = Date.UTC(2026, 2, 14, 12);
  it.each([
    ['an hour with room', noon + 3 * MINUTE, noon + 62 * MINUTE, 8, 0, [10, 20, 30, 40, 50, 60].map((minute) => noon + minute * MINUTE)],
    ['an hour on a phone', noon + 3 * MINUTE, noon + 62 * MINUTE, 3, 0, [30, 60].map((minute) => noon + minute * MINUTE)],
    ['half a day by a clock that is half an hour ahead', noon, noon + 12 * HOUR, 4, HOUR / 2, [2.5, 5.5, 8.5, 11.5].map((hours) => noon + hours * HOUR)],
    ['one instant', noon, noon, 5, 0, [noon]],
  ])('over %s', (_, first, last, most, offset, ticks) => expect(timeTicks(first, last, most, offset)).toEqual(ticks));
});
