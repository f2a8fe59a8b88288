import { describe, expect, it } from 'vitest';
import { drainOutlook, drainRates, withSample, type DrainSample } from './drain-outlook';

/** So many go and come in each second. */
function run(seconds: number, goes: number, comes: number, left = 1_000): DrainSample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({ atMs: second * 1_000, moved: second * goes, left: left + second * (comes - goes) }));
}

describe('the rates of a release', () => {
  it.each([[20, 35], [35, 20], [20, 0], [20, 20]])('%d go and %d come in', (goes, comes) => {
    expect(drainRates(run(10, goes, comes))).toEqual({ perSecond: goes, incomingPerSecond: comes });
  });

  it('are not told of a moment, and say nothing of what came where nobody counted what is left', () => {
    expect(drainRates(run(4, 20, 35))).toBeNull();
    expect(drainRates([])).toBeNull();
    expect(drainRates(run(10, 20, 35).map((sample) => ({ ...sample, left: null })))).toEqual({ perSecond: 20, incomingPerSecond: null });
  });

  it('are those of the last half minute', () => {
    const fast = run(60, 100, 0, 100_000);
    const last = fast.at(-1)!;
    const slow = run(40, 1, 5).slice(1).map(({ atMs, moved, left }) => ({ atMs: last.atMs + atMs, moved: last.moved + moved, left }));
    expect(drainRates([...fast, ...slow].reduce<DrainSample[]>(withSample, []))).toEqual({ perSecond: 1, incomingPerSecond: 5 });
  });
});

describe('the end of a release', () => {
  it.each([
    [{ left: 300, perSecond: 20, incomingPerSecond: 5 }, { ends: 'in', ms: 20_000 }],
    [{ left: 300, perSecond: 20, incomingPerSecond: 35 }, { ends: 'never', perSecond: 20, incomingPerSecond: 35 }],
    [{ left: 300, perSecond: 20, incomingPerSecond: 20 }, { ends: 'never', perSecond: 20, incomingPerSecond: 20 }],
    [{ left: 0, perSecond: 20, incomingPerSecond: 35 }, null], [{ left: null, perSecond: 20, incomingPerSecond: 0 }, null],
    [{ left: 300, perSecond: 20, incomingPerSecond: null }, null], [{ left: 300, perSecond: 0, incomingPerSecond: 1 }, null],
  ])('%j: %j', (given, outlook) => expect(drainOutlook(given)).toEqual(outlook));
});
