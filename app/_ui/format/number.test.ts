import { describe, expect, it } from 'vitest';
import { countOf, formatCount, formatPercent, formatRate, NOT_KNOWN } from './number';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [1204, '1,204'],
    ['18446744073709551615', '18,446,744,073,709,551,615'],
    [9007199254740993n, '9,007,199,254,740,993'],
    [null, NOT_KNOWN],
  ])('%s → %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatRate', () => {
  it.each([
    [0, '0'],
    [0.25, '0.3'],
    [9.94, '9.9'],
    [10.4, '10'],
    [1204.4, '1,204'],
    [null, NOT_KNOWN],
  ])('%s → %s', (rate, text) => expect(formatRate(rate)).toBe(text));
});

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.004, '0.4 %'],
    [0.31, '31 %'],
    [1, '100 %'],
    [null, NOT_KNOWN],
  ])('%s → %s', (share, text) => expect(formatPercent(share)).toBe(text));
});

describe('countOf', () => {
  it.each([
    [0, '0 flows'],
    [1, '1 flow'],
    [1204, '1,204 flows'],
  ])('%s → %s', (count, text) => expect(countOf(count, 'flow')).toBe(text));
});
