import { describe, expect, it } from 'vitest';
import { minute, RUNNING } from './flow-facts.builder';
import { usualGapMs } from './usual-gap';

const every = (step: number, leaves: number) => Array.from({ length: 61 }, (_, i) => 60 - i).filter((ago) => ago % step === 0).map((ago) => minute(ago, { leaves }));

describe('usual gap', () => {
  it.each([
    ['20 a minute, regular', every(1, 20), 3_000],
    ['one a minute', every(1, 1), 60_000],
    ['three messages in the only minute', [minute(0, { leaves: 3 })], 40_000],
  ])('%s', (_, minutes, expected) => {
    expect(usualGapMs(minutes, RUNNING + 10_000)).toBeCloseTo(expected, -1);
  });

  it('takes the pause between batches, not the gap inside one', () => {
    expect(usualGapMs(every(10, 50), RUNNING + 10_000)).toBeGreaterThan(7 * 60_000);
  });

  it('is not known from an empty history or two messages', () => {
    expect(usualGapMs([], RUNNING)).toBeNull();
    expect(usualGapMs([minute(5, { leaves: 2 })], RUNNING - 300_000)).toBeNull();
  });

  it('looks at the hour before the silence only', () => {
    expect(usualGapMs(every(1, 20), RUNNING - 20 * 60_000)).toBeCloseTo(3_000, -1);
  });
});
