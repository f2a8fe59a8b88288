import { describe, expect, it } from 'vitest';
import { countdown } from './countdown-words';

const NOW = Date.parse('2026-11-27T14:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe('countdown', () => {
  it.each([
    [2 * 3_600_000 + 14 * 60_000, 'in 2 h 14 m', 'far'],
    [59 * 60_000 + 5_000, 'in 59 m 5 s', 'close'],
    [14 * 60_000, 'in 14 m 0 s', 'urgent'],
    [40_000, 'in 40 s', 'urgent'],
    [0, 'passed 0 s ago', 'passed'],
    [-180_000, 'passed 3 m ago', 'passed'],
  ])('%d ms', (ms, text, urgency) => expect(countdown(at(ms), NOW)).toEqual({ text, urgency }));
});
