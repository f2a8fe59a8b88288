import { describe, expect, it } from 'vitest';
import { minute, RUNNING } from './flow-facts.builder';
import { usualGapMs } from './usual-gap';

const hourOf = (leavesAt: (ago: number) => number) =>
  Array.from({ length: 61 }, (_, i) => 60 - i).flatMap((ago) => (leavesAt(ago) > 0 ? [minute(ago, { leaves: leavesAt(ago) })] : []));
const LAST = RUNNING + 10_000;

describe('usual gap', () => {
  it.each([
    ['20 a minute, regular', hourOf(() => 20), 3_000],
    ['one a minute', hourOf(() => 1), 60_000],
    ['a batch of 50 every ten minutes', hourOf((ago) => (ago % 10 === 0 ? 50 : 0)), 600_000],
    ['one every third minute', hourOf((ago) => (ago % 3 === 0 ? 1 : 0)), 180_000],
    ['a new flow, whose first and last minute are not whole', [minute(4, { leaves: 3 }), minute(3), minute(2), minute(1), minute(0, { leaves: 2 })], 2_000],
    ['three minutes, of which one is whole', [minute(2, { leaves: 3 }), minute(1, { leaves: 25 }), minute(0, { leaves: 1 })], 2_400],
  ])('%s', (_, minutes, expected) => {
    expect(usualGapMs(minutes, LAST)).toBe(expected);
  });

  it('is at most doubled by scatter', () => {
    const scattered = usualGapMs(hourOf((ago) => 10 + (ago * 7) % 21), LAST) ?? 0;
    expect(scattered).toBeGreaterThan(60_000 / 17);
    expect(scattered).toBeLessThanOrEqual(120_000 / 17);
  });

  it('does not take an outage and the burst after it for usual', () => {
    expect(usualGapMs(hourOf((ago) => (ago > 20 && ago <= 35 ? 0 : ago === 20 ? 400 : 25)), LAST)).toBe(2_400);
  });

  it('is not known from an empty history, two messages or one minute', () => {
    expect(usualGapMs([], RUNNING)).toBeNull();
    expect(usualGapMs([minute(6, { leaves: 1 }), minute(5, { leaves: 1 })], RUNNING - 290_000)).toBeNull();
    expect(usualGapMs([minute(0, { leaves: 50 })], LAST)).toBeNull();
  });

  it('looks at the hour before the silence only', () => {
    expect(usualGapMs(hourOf((ago) => (ago >= 20 ? 20 : 0)), RUNNING - 20 * 60_000)).toBe(3_000);
  });
});
