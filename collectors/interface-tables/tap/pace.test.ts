import { describe, expect, it } from 'vitest';
import { Pace } from './pace';

const INTERVAL = 5_000;

describe('how often a table is looked at', () => {
  it.each([
    ['a fast look', 100, false, 5_000],
    ['a look at the limit of a fifth of the time', 1_000, false, 5_000],
    ['a slow look', 1_001, false, 10_000],
    ['a very slow look', 60_000, false, 120_000],
    ['a scan', 1_000, true, 25_000],
    ['a long scan', 9_000, true, 120_000],
  ])('after %s of %i ms', (_, tookMs, scans, everyMs) => {
    const pace = new Pace(INTERVAL);
    expect(pace.isDue(0)).toBe(true);
    pace.looked(0, tookMs, scans);
    expect(pace.everyMs).toBe(everyMs);
    expect(pace.isSlowed()).toBe(everyMs > INTERVAL);
    expect([pace.isDue(everyMs - INTERVAL), pace.isDue(everyMs)]).toEqual([false, true]);
  });

  it('doubles after each look that took too long, up to a minute, and recovers with the first fast one', () => {
    const pace = new Pace(INTERVAL);
    const every = [0, 1, 2, 3, 4, 5].map((look) => {
      pace.tookTooLong(look * 100_000);
      return pace.everyMs;
    });
    expect(every).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    pace.looked(1_000_000, 10, false);
    expect(pace.everyMs).toBe(INTERVAL);
  });

  it('does not wait for a clock that was set back', () => {
    const pace = new Pace(INTERVAL);
    pace.looked(1_000_000, 100_000, false);
    expect(pace.isDue(500_000)).toBe(true);
  });
});
