import { describe, expect, it } from 'vitest';
import { fairShare, shouldTry } from './fair-share';

describe('the share of a process', () => {
  it.each([[0, 1, 0], [1, 1, 1], [3, 2, 2], [4, 2, 2], [1, 2, 1], [5, 0, 5]])('of %i sources among %i is %i', (sources, processes, share) => {
    expect(fairShare(sources, processes)).toBe(share);
  });

  it('always covers all sources', () => {
    for (let sources = 0; sources < 30; sources++) for (let processes = 1; processes < 9; processes++) expect(fairShare(sources, processes) * processes).toBeGreaterThanOrEqual(sources);
  });

  it.each([
    [{ held: 0, share: 1, sinceLastTryMs: 999 }, false],
    [{ held: 0, share: 1, sinceLastTryMs: 1_000 }, true],
    [{ held: 1, share: 1, sinceLastTryMs: 3_999 }, false],
    [{ held: 1, share: 1, sinceLastTryMs: 4_000 }, true],
  ])('decides when to try: %j', (situation, expected) => {
    expect(shouldTry(situation)).toBe(expected);
  });
});
