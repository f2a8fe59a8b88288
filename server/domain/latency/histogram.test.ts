import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketBounds, bucketOf, countAbove, merge, quantileMs, total } from './histogram';

const nanoseconds = fc.integer({ min: 1_024, max: 3_600_000_000_000 });
const histogramOf = (values: number[]) => merge(values.map((ns) => new Map([[bucketOf(ns), 1]])));

describe('latency histogram', () => {
  it('puts every value into the bucket whose bounds hold it', () => {
    fc.assert(fc.property(nanoseconds, (ns) => {
      const { fromNs, toNs } = bucketBounds(bucketOf(ns));
      expect(ns).toBeGreaterThanOrEqual(fromNs * (1 - 1e-12));
      expect(ns).toBeLessThan(toNs * (1 + 1e-12));
    }));
  });

  it('returns any quantile with an error of at most 2.2 %', () => {
    fc.assert(fc.property(fc.array(nanoseconds, { minLength: 1, maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exactMs = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]! / 1e6;
      const estimate = quantileMs(histogramOf(values), q)!;
      expect(Math.abs(estimate - exactMs) / exactMs).toBeLessThanOrEqual(0.0221);
    }));
  });

  it('gives the same sum in any order and grouping', () => {
    fc.assert(fc.property(fc.array(nanoseconds, { maxLength: 60 }), fc.nat(60), (values, cut) => {
      const whole = histogramOf(values);
      const parts = merge([histogramOf(values.slice(cut)), histogramOf(values.slice(0, cut))]);
      expect(parts).toEqual(whole);
      expect(total(whole)).toBe(values.length);
    }));
  });

  it('counts what is above a limit without counting what is far below', () => {
    const histogram = histogramOf([1e6, 2e6, 90e6, 4_000e6]);
    expect(countAbove(histogram, 50)).toBe(2);
    expect(countAbove(histogram, 5_000)).toBe(0);
  });

  it.each([[0, 0], [1, 0], [1_023, 0], [1_024, 0], [2_048, 16], [2 ** 60, 511]])('clamps %d ns into bucket %d', (ns, bucket) => {
    expect(bucketOf(ns)).toBe(bucket);
  });

  it('has no quantile when nothing was counted', () => {
    expect(quantileMs(new Map(), 0.95)).toBeNull();
  });
});
