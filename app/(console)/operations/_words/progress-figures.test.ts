import { describe, expect, it } from 'vitest';
import { itemCounts, progressFigures, releaseOutlook } from './progress-figures';

describe('how far an operation is', () => {
  it('counts what was acted on, and what is left at the present rate', () => {
    const figures = progressFigures({ items: { confirmed: 30, sent: 10, rejected: 5, sending: 5, pending: 50, 'not-eligible': 7 }, progress: { perSecond: '2.5' } });
    expect(figures).toMatchObject({ total: 100, acted: 45, etaMs: 22_000, notEligible: 7 });
    expect(figures.segments.map(({ state, share }) => [state, share])).toEqual([['confirmed', 0.3], ['sent', 0.1], ['rejected', 0.05], ['sending', 0.05], ['pending', 0.5]]);
  });

  it.each([
    [{ pending: 5 }, {}],
    [{ pending: 5 }, { perSecond: '0' }],
    [{ pending: 5 }, { perSecond: 'many' }],
    [{ sent: 5 }, { perSecond: '3' }],
  ])('promises no end that it cannot tell: %j at %j', (items, progress) => expect(progressFigures({ items, progress }).etaMs).toBeNull());

  it('has nothing to draw where nothing is journaled', () => {
    expect(progressFigures({ items: {}, progress: {} })).toEqual({ total: 0, acted: 0, segments: [], etaMs: null, notEligible: 0 });
  });
});

it('lists the states that items are in, in the order of their life', () => {
  expect(itemCounts({ 'not-eligible': 1, unknown: 2, pending: 0, sent: 3 })).toEqual([{ state: 'sent', count: 3 }, { state: 'unknown', count: 2 }, { state: 'not-eligible', count: 1 }]);
});

it.each([
  [{ left: 300, perSecond: '20.0', incomingPerSecond: '5.0' }, { ends: 'in', ms: 20_000 }],
  [{ left: 300, perSecond: '20.0', incomingPerSecond: '35.5' }, { ends: 'never', perSecond: 20, incomingPerSecond: 35.5 }],
  [{ left: 300, perSecond: '20.0' }, null], [{ perSecond: '20.0', incomingPerSecond: '5.0' }, null], [{}, null],
])('tells the end of a release by what comes in behind it: %j', (progress, outlook) => expect(releaseOutlook(progress)).toEqual(outlook));
