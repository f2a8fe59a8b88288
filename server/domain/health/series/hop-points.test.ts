import { describe, expect, it } from 'vitest';
import { latencies, NOW, RUNNING } from '../flow-facts.builder';
import { MINUTE_MS } from '../minutes';
import { countedRates, type CountedLook } from './counted-rates';
import { hopPoints, type SeriesFacts } from './hop-points';
import { SERIES_RANGES, SERIES_WINDOWS } from './hop-series';
import { seriesWindow } from './series-window';
import { tracedRates, type Listening, type TracedMinute } from './traced-rates';
import { waitingPoints } from './waiting-points';

const ago = (minutes: number) => RUNNING - minutes * MINUTE_MS;
const HOUR = seriesWindow('1h', NOW);
const minutesAgo = (...minutes: number[]) => new Set(minutes.map(ago));
const traced = (minutesBefore: number, leaves: number, failedAttempts = 0): TracedMinute => ({ start: ago(minutesBefore), enters: leaves + 1, leaves, failedAttempts });
const listening = (told: Partial<Listening> = {}): Listening => ({ observed: minutesAgo(...Array.from({ length: 61 }, (_, i) => i)), completeThrough: NOW - 500, firstFact: ago(500), ...told });
const facts = (told: Partial<SeriesFacts> = {}): SeriesFacts => ({ minutes: [], listening: listening(), latency: [], waiting: [], counted: [], ...told });
const at = <T>(values: readonly T[], minutesBefore: number) => values.at(-1 - minutesBefore);

describe('the window', () => {
  it.each(SERIES_RANGES)('of %s ends with the bucket that holds now, without holes', (range) => {
    const { starts, bucketMs, fromMs } = seriesWindow(range, NOW);
    expect(starts).toHaveLength(SERIES_WINDOWS[range].lengthMs / bucketMs);
    expect(starts[0]).toBe(fromMs);
    expect(starts.at(-1)! <= NOW && NOW < starts.at(-1)! + bucketMs).toBe(true);
    expect(starts.every((start, i) => start % bucketMs === 0 && (i === 0 || start === (starts[i - 1] ?? 0) + bucketMs))).toBe(true);
  });
});

describe('rates by traces', () => {
  it('are zero where receivers listened, and a gap where nobody did', () => {
    const rates = tracedRates(HOUR, [traced(3, 30, 2)], listening({ observed: minutesAgo(4, 3, 2, 0) }));
    expect(at(rates, 3)).toEqual({ enteredPerMinute: 31, leftPerMinute: 30, failedPerMinute: 2 });
    expect(at(rates, 2)).toEqual({ enteredPerMinute: 0, leftPerMinute: 0, failedPerMinute: 0 });
    expect(at(rates, 1)).toEqual({ enteredPerMinute: null, leftPerMinute: null, failedPerMinute: null });
  });

  it.each([
    ['before the hop was ever heard of', listening({ firstFact: ago(10) }), 11, null],
    ['from then on', listening({ firstFact: ago(10) }), 10, 0],
    ['of a hop without any trace', listening({ firstFact: null }), 5, null],
    ['of the minute that has just begun, as in the one before', listening({ observed: minutesAgo(1) }), 0, 0],
    ['of the minute that has just begun, when nobody listened in the one before', listening({ observed: minutesAgo(2) }), 0, null],
    ['of the minute that has just begun, when no receiver reports', listening({ observed: minutesAgo(1), completeThrough: null }), 0, null],
  ])('without a span %s', (_, told, minutesBefore, left) => {
    expect(at(tracedRates(HOUR, [], told), minutesBefore)?.leftPerMinute).toBe(left);
  });

  it('of a longer bucket are over the minutes that are known', () => {
    const window = seriesWindow('24h', ago(0) + 4 * MINUTE_MS);
    const rates = tracedRates(window, [traced(2, 60), traced(1, 30)], listening({ observed: new Set([ago(3), ago(2), ago(1)]) }));
    const known = rates.filter(({ leftPerMinute }) => leftPerMinute !== null);
    expect(known).toEqual([{ enteredPerMinute: expect.closeTo(92 / 3), leftPerMinute: 30, failedPerMinute: 0 }]);
  });
});

describe('rates by the source', () => {
  const look = (minutesBefore: number, entered: bigint | null, left: bigint | null = entered, epoch = 'a'): CountedLook => ({ at: ago(minutesBefore) + 55_000, epoch, entered, left });

  it('are differences of totals, over the time between the looks', () => {
    const rates = countedRates(HOUR, [look(3, 100n), look(2, 130n, 90n), look(1, 130n, 110n)]);
    expect(at(rates, 3)?.enteredPerMinute).toBeNull();
    expect(at(rates, 2)).toEqual({ enteredPerMinute: 30, leftPerMinute: null, failedPerMinute: null });
    expect(at(rates, 1)).toEqual({ enteredPerMinute: 0, leftPerMinute: 20, failedPerMinute: null });
  });

  it('have no peak after looks that failed, and a gap in between', () => {
    const rates = countedRates(HOUR, [look(12, 0n), look(2, 100n)]);
    expect(at(rates, 2)?.enteredPerMinute).toBe(10);
    expect(at(rates, 5)?.enteredPerMinute).toBeNull();
  });

  it('do not cross an epoch, nor a counter that was set back', () => {
    const rates = countedRates(HOUR, [look(4, 9_000n), look(3, 20n, 20n, 'b'), look(2, 50n, 50n, 'b'), look(1, 5n, 5n, 'b')]);
    expect([3, 2, 1].map((minutes) => at(rates, minutes)?.enteredPerMinute)).toEqual([null, 30, null]);
  });

  it('are exact beyond 2^53', () => {
    const rates = countedRates(HOUR, [look(2, 2n ** 63n), look(1, 2n ** 63n + 7n)]);
    expect(at(rates, 1)?.enteredPerMinute).toBe(7);
  });

  it('of a minute with two epochs are over the time that is known', () => {
    const within = (second: number, entered: bigint, epoch: string): CountedLook => ({ at: ago(1) + second * 1000, epoch, entered, left: null });
    const rates = countedRates(HOUR, [within(-5, 0n, 'a'), within(25, 10n, 'a'), within(55, 3n, 'b')]);
    expect(at(rates, 1)?.enteredPerMinute).toBe(20);
  });
});

describe('what waits', () => {
  const bucket = (waiting: bigint | null, oldestAgeMs: number | null, ageMethod: 'head' | 'rank' | null = 'head') => ({ start: ago(1), waiting, oldestAgeMs, ageMethod });
  it.each([
    ['a count of 64 bits and an age', bucket(2n ** 60n, 4_000), { waiting: '1152921504606846976', oldestAgeMs: 4_000, ageIsLowerBound: false }],
    ['nothing, so that the oldest waited for no time', bucket(0n, null, null), { waiting: '0', oldestAgeMs: 0, ageIsLowerBound: false }],
    ['something of unknown age', bucket(3n, null, null), { waiting: '3', oldestAgeMs: null, ageIsLowerBound: false }],
    ['something that waited at least so long', bucket(3n, 9_000, 'rank'), { waiting: '3', oldestAgeMs: 9_000, ageIsLowerBound: true }],
    ['nobody knows', bucket(null, null, null), { waiting: null, oldestAgeMs: null, ageIsLowerBound: false }],
  ])('%s', (_, told, point) => {
    const points = waitingPoints(HOUR, [told]);
    expect(at(points, 1)).toEqual(point);
    expect(at(points, 2)).toEqual({ waiting: null, oldestAgeMs: null, ageIsLowerBound: false });
  });
});

describe('points of a hop', () => {
  const counted: CountedLook[] = [{ at: ago(2), epoch: 'a', entered: 0n, left: 0n }, { at: ago(1), epoch: 'a', entered: 6n, left: 5n }];

  it.each([
    ['traces where there are any', facts({ minutes: [traced(1, 30)], counted }), 'traces', 30],
    ['its source where there is no trace', facts({ counted }), 'source', 5],
    ['traces that show that nothing left', facts(), 'traces', 0],
    ['nobody', facts({ listening: listening({ firstFact: null }) }), null, null],
  ])('are counted by %s', (_, told, countedBy, left) => {
    const series = hopPoints(HOUR, told);
    expect(series.countedBy).toBe(countedBy);
    expect(at(series.points, 1)?.leftPerMinute).toBe(left);
  });

  it('have the quantiles of their bucket only', () => {
    const { points } = hopPoints(HOUR, facts({ latency: [{ start: ago(1), histogram: latencies([100, 90], [4_000, 10]) }] }));
    expect(at(points, 1)?.p50Ms).toBeCloseTo(100, -1);
    expect(Math.abs(at(points, 1)!.p95Ms! / 4_000 - 1)).toBeLessThan(0.03);
    expect(at(points, 2)).toMatchObject({ p50Ms: null, p95Ms: null });
  });

  it.each([
    ['the running minute is not', { completeThrough: NOW - 500 }, 0, false],
    ['the minute before is', { completeThrough: NOW - 500 }, 1, true],
    ['while receivers are behind it is not', { completeThrough: ago(0) - 1, observed: minutesAgo(2, 1) }, 1, false],
    ['without a receiver, what was complete before stays so', { completeThrough: null, observed: minutesAgo(6, 5) }, 6, true],
    ['without a receiver, the last minute it was listening in is not', { completeThrough: null, observed: minutesAgo(6, 5) }, 5, false],
  ])('are complete or not: %s', (_, told, minutesBefore, complete) => {
    expect(at(hopPoints(HOUR, facts({ listening: listening(told) })).points, minutesBefore)?.complete).toBe(complete);
  });
});
