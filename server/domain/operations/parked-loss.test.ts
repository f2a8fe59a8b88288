import { describe, expect, it } from 'vitest';
import { lossLevel, lossSentence, lostBetween, withLossAct } from './parked-loss';

describe('what has disappeared', () => {
  it.each<[string | undefined, string | undefined, bigint]>([
    ['412', '0', 412n], ['412', '411', 1n], ['412', '412', 0n], ['412', '500', 0n], [undefined, '0', 0n], ['412', undefined, 0n], ['412', 'unknown', 0n], ['18446744073709551615', '1', 18446744073709551614n],
  ])('parked %s, then %s: %s', (before, after, lost) => {
    expect(lostBetween(before === undefined ? {} : { parked: before }, after === undefined ? {} : { parked: after })).toBe(lost);
  });

  it('is one act with the sum, beside what else was done', () => {
    const first = withLossAct(['Somebody bound "work" again.'], 1n);
    expect(first).toEqual(['Somebody bound "work" again.', 'At least 1 parked message disappeared, not by Signalbox: somebody purged, took or sent them on, or they expired.']);
    expect(withLossAct(first, 412n)).toEqual(['Somebody bound "work" again.', lossSentence(412n)]);
  });

  it('is told again when it has doubled', () => {
    expect([0n, 1n, 2n, 3n, 4n, 412n].map(lossLevel)).toEqual([0, 1, 2, 2, 3, 9]);
  });
});
