import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Movement } from './counters';
import { forecastDrain } from './drain-forecast';

const MINUTE = 60_000;
const over = (minutes: number, entered: number, left: number): Movement => ({ entered, left, overMs: minutes * MINUTE });

describe('drain forecast', () => {
  it.each([
    ['nothing waits', 0n, [over(1, 10, 10)], { kind: 'empty' }],
    ['what waits is not known', null, [over(1, 10, 10)], { kind: 'unknown', reason: 'how many messages wait is not known' }],
    ['rates are not known', 5n, [null, null, null], { kind: 'unknown', reason: 'how fast messages enter and leave is not known yet' }],
    ['more enter than leave', 400n, [over(1, 100, 40), over(5, 500, 200), null], { kind: 'growing', perMinute: 60 }],
    ['nothing moves', 7n, [over(1, 0, 0), over(5, 0, 0)], { kind: 'unknown', reason: 'nothing entered or left in 5 min' }],
    ['as many enter as leave, within chance', 7n, [over(1, 30, 33), over(5, 150, 149)], { kind: 'unknown', reason: 'about as many enter as leave (150 and 149 in 5 min)' }],
  ])('%s', (_, waiting, movements, expected) => {
    expect(forecastDrain(waiting, movements)).toEqual(expected);
  });

  it('is a range around what waits divided by the net rate', () => {
    // 600 wait, 100 a minute net: six minutes, give or take one standard deviation of √120 per minute of counting.
    const forecast = forecastDrain(600n, [over(1, 10, 110)]);
    expect(forecast).toEqual({ kind: 'draining', fromMs: Math.round((600 * MINUTE) / (100 + Math.sqrt(120))), toMs: Math.round((600 * MINUTE) / (100 - Math.sqrt(120))) });
  });

  it('spans the minutes that drain and leaves out the outage before them', () => {
    const forecast = forecastDrain(1_000n, [over(1, 50, 250), over(5, 250, 700), over(15, 3_000, 1_000)]);
    expect(forecast.kind).toBe('draining');
    const { fromMs, toMs } = forecast as Extract<typeof forecast, { kind: 'draining' }>;
    expect(fromMs).toBeLessThan(5 * MINUTE);
    expect(toMs).toBeGreaterThan((1_000 / 90) * MINUTE);
    expect(toMs).toBeLessThan(15 * MINUTE);
  });

  it('believes the newest direction that is beyond chance', () => {
    expect(forecastDrain(1_000n, [over(1, 500, 10), over(5, 600, 2_500)]).kind).toBe('growing');
    expect(forecastDrain(1_000n, [over(1, 3, 5), over(5, 10, 120)]).kind).toBe('draining');
  });
});

const movement = fc.record({ entered: fc.nat(100_000), left: fc.nat(100_000), overMs: fc.integer({ min: 30_000, max: 15 * MINUTE }) });
const movements = fc.array(fc.option(movement), { maxLength: 3 });
const waiting = fc.bigInt({ min: 0n, max: 2n ** 63n });

describe('drain forecast, for any rates', () => {
  it('is a range that can be read', () => {
    fc.assert(fc.property(waiting, movements, (count, rates) => {
      const forecast = forecastDrain(count, rates);
      if (count === 0n) expect(forecast).toEqual({ kind: 'empty' });
      if (forecast.kind === 'growing') expect(forecast.perMinute).toBeGreaterThan(0);
      if (forecast.kind === 'unknown') expect(forecast.reason).not.toBe('');
      if (forecast.kind !== 'draining') return;
      expect(Number.isFinite(forecast.toMs)).toBe(true);
      expect(forecast.fromMs).toBeGreaterThanOrEqual(0);
      expect(forecast.toMs).toBeGreaterThanOrEqual(forecast.fromMs);
    }), { numRuns: 500 });
  });

  it('takes longer the more waits', () => {
    fc.assert(fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), movements, (count, rates) => {
      const [less, more] = [forecastDrain(count, rates), forecastDrain(count * 2n, rates)];
      expect(more.kind).toBe(less.kind);
      if (less.kind !== 'draining' || more.kind !== 'draining') return;
      expect(more.fromMs).toBeGreaterThanOrEqual(less.fromMs);
      expect(more.toMs).toBeGreaterThanOrEqual(less.toMs);
    }));
  });

  it('holds the time that constant rates truly take', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (count, entered, net) => {
      const forecast = forecastDrain(BigInt(count), [over(1, entered, entered + net), over(5, 5 * entered, 5 * (entered + net)), over(15, 15 * entered, 15 * (entered + net))]);
      if (forecast.kind !== 'draining') return;
      const truth = (count / net) * MINUTE;
      expect(forecast.fromMs).toBeLessThanOrEqual(truth + 1);
      expect(forecast.toMs).toBeGreaterThanOrEqual(truth - 1);
    }));
  });
});
