import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration, formatNanoseconds } from './duration';

describe('formatDuration', () => {
  it.each([
    [null, '–'],
    [0, '0 ms'],
    [830, '830 ms'],
    [999.6, '1 s'],
    [1240, '1.24 s'],
    [59_994, '60 s'],
    [60_000, '1 m'],
    [252_000, '4 m 12 s'],
    [7_500_000, '2 h 5 m'],
    [273_600_000, '3 d 4 h'],
    [-830, '-830 ms'],
  ])('%s ms → %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('formatAge', () => {
  it.each([
    [null, '–'],
    [-500, '0 s'],
    [12_900, '12 s'],
    [38 * 60_000 + 40_000, '38 m'],
    [130 * 60_000, '2 h 10 m'],
  ])('%s ms → %s', (ms, text) => expect(formatAge(ms)).toBe(text));
});

describe('formatNanoseconds', () => {
  it.each([
    ['0', '0 ns'],
    ['820', '820 ns'],
    ['12400', '12.4 µs'],
    ['3210000', '3.21 ms'],
    ['1240000000', '1.24 s'],
    ['252000000000', '4 m 12 s'],
    [3_210_000, '3.21 ms'],
    ['-820', '-820 ns'],
  ])('%s ns → %s', (ns, text) => expect(formatNanoseconds(ns)).toBe(text));
});
