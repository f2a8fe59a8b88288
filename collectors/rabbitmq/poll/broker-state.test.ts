import { describe, expect, it } from 'vitest';
import { clockDifference } from './broker-state';

const AT = Date.UTC(2026, 10, 23, 10, 0, 0);

describe('the difference between the broker\'s clock and ours', () => {
  it('is taken at the middle of the way, from a date that has whole seconds', () => {
    // The broker cut its 10:00:07.500 to 10:00:07, half way through 400 ms.
    expect(clockDifference(AT + 7_000, AT - 200, AT + 200)).toBe(7_500);
    expect(clockDifference(AT - 7_000, AT - 200, AT + 200)).toBe(-6_500);
  });

  it('is 0 where rounding and travel could explain it', () => {
    for (const shift of [-2_000, -1_000, 0, 1_000]) expect(clockDifference(AT + shift, AT, AT)).toBe(0);
  });
});
