import { describe, expect, it } from 'vitest';
import { compressDuration } from './compress';

describe('compressDuration', () => {
  it.each([
    ['PT15M', 60, 'PT15S'],
    ['PT4H', 60, 'PT4M'],
    ['P30D', 60, 'PT12H'],
    ['P2W', 7, 'P2D'],
    ['PT1M30S', 60, 'PT2S'],
    ['PT5S', 60, 'PT1S'],
    ['P1DT1H1M1S', 1, 'P1DT1H1M1S'],
    ['next-day 06:00', 60, 'next-day 06:00'],
  ])('%s divided by %i is %s', (text, factor, expected) => {
    expect(compressDuration(text, factor)).toBe(expected);
  });
});
