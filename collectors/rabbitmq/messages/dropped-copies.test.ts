import { describe, expect, it } from 'vitest';
import { DroppedCopies } from './dropped-copies';

const look = (seconds: number, published: number, delivered: number, ready: number) => ({ sampleTime: seconds * 1_000, published: BigInt(published), delivered: BigInt(delivered), ready: BigInt(ready), unacked: 0n });

describe('DroppedCopies', () => {
  it('counts nothing while counts merely lag behind each other', () => {
    const dropped = new DroppedCopies(true);
    for (let second = 0; second < 100; second++) {
      // Publishes are told at once, deliveries 5 s later: a constant apparent loss of 5,000.
      expect(dropped.take(look(second, second * 1_000, Math.max(0, second - 5) * 1_000, 0), 0n)).toBe(0n);
    }
    for (let second = 100; second < 120; second++) expect(dropped.take(look(second, 99_000, 99_000, 0), 0n)).toBe(0n);
  });

  it('counts at least what is certain under load, and all of it when traffic pauses', () => {
    const dropped = new DroppedCopies(true);
    for (let second = 0; second < 60; second++) dropped.take(look(second, second * 1_000, second * 500, 0), 0n);
    expect(dropped.total).toBeGreaterThan(0n);
    expect(dropped.total).toBeLessThanOrEqual(29_500n);
    for (let second = 60; second < 80; second++) dropped.take(look(second, 59_000, 29_500, 0), 0n);
    expect(dropped.total).toBe(29_500n);
  });

  it('leaves to a predecessor what it counted, and takes copies that come again for one', () => {
    const dropped = new DroppedCopies(false);
    for (let second = 0; second < 40; second++) dropped.take(look(second, 1_000, 900, 0), 0n);
    expect(dropped.total).toBe(0n);
    for (let second = 40; second < 80; second++) dropped.take(look(second, 1_100, 1_050, 0), 80n);
    expect(dropped.total).toBe(30n);
  });

  it('begins anew when the statistics do, and says nothing without figures', () => {
    const dropped = new DroppedCopies(true);
    for (let second = 0; second < 40; second++) dropped.take(look(second, 1_000, 900, 0), 0n);
    expect(dropped.total).toBe(100n);
    expect(dropped.take(look(41, 10, 10, 0), 0n)).toBe(0n);
    expect(dropped.take(undefined, 0n)).toBe(0n);
    for (let second = 42; second < 80; second++) dropped.take(look(second, 60, 10, 0), 0n);
    expect(dropped.total).toBe(150n);
  });
});
