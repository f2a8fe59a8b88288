import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, durationProblem, parseDurationMs } from './iso-duration';

describe('durations', () => {
  it.each([
    ['PT0S', 0], ['PT15M', 900_000], ['PT4H', 14_400_000], ['P5D', 432_000_000], ['P2W', 1_209_600_000], ['P1DT12H30M5S', 131_405_000],
    ['PT0.25S', 250], ['PT90M', 5_400_000], ['P28D', 2_419_200_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
    expect(durationProblem(text)).toBeNull();
  });

  it.each(['', 'P', 'PT', 'P1', '15M', 'PT15', 'P1DT', 'PT1.5H', '-PT1H', 'pt1h', 'PT1M2H', 'P1WT1H', 'PT99999999999S'])('%j is refused', (text) => {
    expect(parseDurationMs(text)).toBeNull();
    expect(durationProblem(text)).toContain('not an ISO 8601 duration');
  });

  it.each(['P1M', 'P1Y', 'P1Y2M', 'P1M15D'])('%s is refused because its length depends on the calendar', (text) => {
    expect(durationProblem(text)).toContain('years or months');
  });

  it('throws for a text that no validated contract can hold', () => {
    expect(() => durationMs('soon')).toThrow(RangeError);
  });

  it('adds its parts, and survives any text', () => {
    const parts = [fc.nat(999), fc.nat(99), fc.nat(99), fc.nat(99)] as const;
    fc.assert(fc.property(...parts, (d, h, m, s) => {
      expect(durationMs(`P${d}DT${h}H${m}M${s}S`)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1000);
    }));
    fc.assert(fc.property(fc.string(), (text) => {
      expect(durationProblem(text) === null).toBe(parseDurationMs(text) !== null);
    }));
  });
});
