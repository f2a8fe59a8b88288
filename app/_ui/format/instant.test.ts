import { describe, expect, it } from 'vitest';
import { formatClock, formatInstant, formatMinute, formatRelative } from './instant';

const NOON = '2026-03-14T12:04:31.250Z';

describe('clock and instant', () => {
  it('shows the clock in the zone asked for, midnight as 00', () => {
    expect(formatClock(NOON, 'UTC')).toBe('12:04:31');
    expect(formatClock(NOON, 'America/Chicago')).toBe('07:04:31');
    expect(formatClock('2026-03-14T00:00:00Z', 'UTC')).toBe('00:00:00');
    expect(formatMinute(NOON, 'UTC')).toBe('12:04');
  });

  it('names date and zone in the long form', () => {
    expect(formatInstant(NOON, 'UTC')).toBe('14 Mar 2026, 12:04:31 UTC');
  });
});

describe('formatRelative', () => {
  const now = Date.parse(NOON);
  it.each([
    [NOON, 'now'],
    ['2026-03-14T12:03:53Z', '38 s ago'],
    ['2026-03-14T11:26:00Z', '38 m ago'],
    ['2026-03-14T12:09:31.250Z', 'in 5 m'],
  ])('%s → %s', (instant, text) => expect(formatRelative(instant, now)).toBe(text));
});
