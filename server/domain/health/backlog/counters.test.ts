import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf, increaseOf, movementOf, perMinute } from './counters';
import type { Look } from './tap-facts';

const MINUTE = 60_000;
const at = (ms: number, told: Partial<Look> = {}): Look => ({ at: ms, epoch: 'a', waiting: null, inFlight: null, failed: null, consumers: null, entered: null, left: null, redelivered: null, ...told });
const counting = (...steps: [ms: number, entered: number, epoch?: string][]) => steps.map(([ms, entered, epoch = 'a']) => at(ms, { entered: BigInt(entered), left: BigInt(entered), epoch }));

describe('increase of a counter', () => {
  it.each([
    ['steady', counting([0, 0], [30_000, 15], [60_000, 30]), { count: 30, overMs: 60_000 }],
    ['a broker restart is a gap, not a spike', counting([0, 9_000_000], [30_000, 9_000_010], [40_000, 0, 'b'], [70_000, 5, 'b']), { count: 15, overMs: 60_000 }],
    ['a queue deleted and made again is a gap, not a fall', counting([0, 500], [20_000, 510], [25_000, 3, 'b'], [60_000, 10, 'b']), { count: 17, overMs: 55_000 }],
    ['a counter that goes backwards within its epoch tells nothing of that step', counting([0, 100], [30_000, 130], [40_000, 90], [70_000, 120]), { count: 60, overMs: 60_000 }],
    ['failed looks in between lose nothing', counting([0, 0], [5_000, 3], [290_000, 145], [300_000, 150]), { count: 150, overMs: 300_000 }],
    ['beyond 2^53', [at(0, { entered: 9_007_199_254_740_993n }), at(60_000, { entered: 9_007_199_254_740_994n })], { count: 1, overMs: 60_000 }],
    ['too short a time says nothing', counting([0, 0], [10_000, 1_000_000]), null],
    ['one look', counting([0, 7]), null],
    ['no look', [], null],
    ['a counter that the source does not give', [at(0), at(60_000)], null],
  ])('%s', (_, looks, expected) => {
    expect(increaseOf(looks, 'entered', 5 * MINUTE)).toEqual(expected);
  });

  it('looks no further back than asked', () => {
    const looks = counting([0, 0], [MINUTE, 600], [2 * MINUTE, 610], [3 * MINUTE, 620]);
    expect(increaseOf(looks, 'entered', 2 * MINUTE)).toEqual({ count: 20, overMs: 2 * MINUTE });
  });
});

describe('movement', () => {
  it('weighs what waits where nothing is counted', () => {
    const looks = [[0, 100], [60_000, 140], [120_000, 110]].map(([ms = 0, waiting = 0]) => at(ms, { waiting: BigInt(waiting) }));
    expect(movementOf(looks, 5 * MINUTE)).toEqual({ entered: 10, left: 0, overMs: 120_000 });
  });

  it.each([
    ['dead letters come in, and no counter sees them', [[0, 0, 10], [0, 0, 25]], { entered: 15, left: 0 }],
    ['messages are rejected, and no counter sees them go', [[100, 50, 50], [160, 80, 20]], { entered: 60, left: 90 }],
    ['retries come back while others are acknowledged', [[100, 100, 0], [160, 140, 50]], { entered: 90, left: 40 }],
    ['counters that explain it all', [[100, 50, 50], [160, 100, 60]], { entered: 60, left: 50 }],
  ])('knows what is conserved: %s', (_, steps, expected) => {
    const looks = steps.map(([entered = 0, left = 0, waiting = 0], i) => at(i * MINUTE, { entered: BigInt(entered), left: BigInt(left), waiting: BigInt(waiting), inFlight: 0n }));
    expect(movementOf(looks, 5 * MINUTE)).toEqual({ ...expected, overMs: MINUTE });
  });

  it('does not take messages that are handed out and put back for new ones', () => {
    const looks = [[100, 0], [90, 10], [100, 0], [80, 20], [100, 0]].map(([waiting = 0, taken = 0], i) => at(i * MINUTE, { waiting: BigInt(waiting), inFlight: BigInt(taken) }));
    expect(movementOf(looks, 5 * MINUTE)).toEqual({ entered: 0, left: 0, overMs: 4 * MINUTE });
  });

  it('does not call a recreated queue worked off', () => {
    const looks = [at(0, { waiting: 50_000n }), at(60_000, { waiting: 0n, epoch: 'b' }), at(120_000, { waiting: 10n, epoch: 'b' })];
    expect(movementOf(looks, 5 * MINUTE)).toEqual({ entered: 10, left: 0, overMs: 60_000 });
  });

  it('does not mix what is counted with what is weighed', () => {
    expect(movementOf([at(0, { waiting: 1n }), at(60_000, { waiting: 9n, entered: 5n, left: 5n })], 5 * MINUTE)).toBeNull();
  });
});

describe('growth of a gauge', () => {
  it.each([
    ['more', [[0, 1], [MINUTE, 5]], { count: 4, overMs: MINUTE }],
    ['less', [[0, 5], [MINUTE, 1]], { count: -4, overMs: MINUTE }],
    ['older than the window', [[0, 1], [9 * MINUTE, 5], [10 * MINUTE, 6]], { count: 1, overMs: MINUTE }],
    ['one look', [[0, 1]], null],
  ])('%s', (_, steps, expected) => {
    expect(growthOf(steps.map(([ms = 0, failed = 0]) => at(ms, { failed: BigInt(failed) })), 'failed', 5 * MINUTE)).toEqual(expected);
  });
});

/** What truly happened: messages per second, restarts that set the counter to zero, and looks that failed. */
const history = fc.array(fc.record({ messages: fc.nat(1_000), restarts: fc.boolean(), lookFails: fc.boolean() }), { minLength: 2, maxLength: 120 });

function observedFrom(events: readonly { messages: number; restarts: boolean; lookFails: boolean }[]): { looks: Look[]; most: number } {
  let epoch = 0;
  let total = 0;
  let most = 0;
  const looks: Look[] = [];
  events.forEach(({ messages, restarts, lookFails }, i) => {
    if (restarts) {
      epoch += 1;
      total = 0;
    }
    total += messages;
    most = Math.max(most, messages);
    if (!lookFails) looks.push(at(i * 5_000, { epoch: String(epoch), entered: BigInt(total), left: BigInt(total), waiting: BigInt(messages), inFlight: null }));
  });
  return { looks, most };
}

describe('rates, whatever happens to the source and the looks', () => {
  it('are never negative and never above the fastest moment', () => {
    fc.assert(fc.property(history, fc.constantFrom(MINUTE, 5 * MINUTE, 15 * MINUTE), (events, windowMs) => {
      const { looks, most } = observedFrom(events);
      const rate = perMinute(increaseOf(looks, 'entered', windowMs));
      if (rate === null) return;
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(most * 12 + 1e-6);
    }), { numRuns: 500 });
  });

  it('are exact within one epoch, however many looks failed', () => {
    fc.assert(fc.property(history, (events) => {
      const calm = events.map((event, i) => ({ ...event, restarts: false, lookFails: event.lookFails && i > 0 && i < events.length - 1 }));
      const increase = increaseOf(observedFrom(calm).looks, 'left', 60 * MINUTE);
      if (increase === null) return;
      expect(increase.count).toBe(calm.slice(1).reduce((sum, { messages }) => sum + messages, 0));
      expect(increase.overMs).toBe((calm.length - 1) * 5_000);
    }), { numRuns: 300 });
  });

  it('move both ways only by what was seen', () => {
    fc.assert(fc.property(history, (events) => {
      const movement = movementOf(observedFrom(events).looks, 5 * MINUTE);
      if (movement === null) return;
      expect(Math.min(movement.entered, movement.left)).toBeGreaterThanOrEqual(0);
      expect(movement.overMs).toBeGreaterThan(0);
    }));
  });
});
