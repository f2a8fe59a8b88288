import { describe, expect, it } from 'vitest';
import { nanosecondsBetween } from './nanoseconds-between';

describe('nanosecondsBetween', () => {
  it.each([
    ['2026-03-14T12:00:00.000000001Z', '2026-03-14T12:00:00.000000003Z', '2'],
    ['2026-03-14T12:00:00Z', '2026-03-14T12:00:01.5Z', '1500000000'],
    ['2026-03-14T12:00:01Z', '2026-03-14T12:00:00.999999999Z', '-1'],
    ['2026-03-14T12:00:00.25Z', '2026-03-14T12:00:00.25Z', '0'],
  ])('%s to %s → %s', (from, to, ns) => expect(nanosecondsBetween(from, to)).toBe(ns));

  it('refuses what is no instant', () => {
    expect(() => nanosecondsBetween('yesterday', '2026-03-14T12:00:00Z')).toThrow('"yesterday" is not an instant in UTC');
  });
});
