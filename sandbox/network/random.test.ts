import { describe, expect, it } from 'vitest';
import { randomAt } from './random';

describe('randomAt', () => {
  it('gives the same values for the same seed, stream and index', () => {
    const first = randomAt('s', 'procedure', 7);
    const second = randomAt('s', 'procedure', 7);
    expect([first.next(), first.next()]).toEqual([second.next(), second.next()]);
  });

  it.each([
    ['another seed', 't', 'procedure', 7],
    ['another stream', 's', 'extract', 7],
    ['another index', 's', 'procedure', 8],
  ])('gives other values for %s', (_what, seed, stream, index) => {
    expect(randomAt(seed, stream, index).next()).not.toBe(randomAt('s', 'procedure', 7).next());
  });

  it('keeps weights across positions', () => {
    const choices = [
      { name: 'often', weight: 75 },
      { name: 'seldom', weight: 25 },
    ];
    let often = 0;
    for (let index = 0; index < 4_000; index += 1) {
      if (randomAt('s', 'weights', index).pick(choices).name === 'often') often += 1;
    }
    expect(often / 4_000).toBeGreaterThan(0.72);
    expect(often / 4_000).toBeLessThan(0.78);
  });

  it('reaches both ends of a range and nothing outside', () => {
    const seen = new Set<number>();
    for (let index = 0; index < 500; index += 1) seen.add(randomAt('s', 'range', index).between(1, 3));
    expect(seen).toEqual(new Set([1, 2, 3]));
  });
});
