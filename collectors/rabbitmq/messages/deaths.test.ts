import { describe, expect, it } from 'vitest';
import { attemptsIn, firstDeathIn, readDeaths } from './deaths';

const at = (seconds: number) => ({ '!': 'timestamp', value: 1_763_900_000 + seconds });
const entry = (queue: string, reason: string, count: number, seconds: number) => ({ queue, reason, count, exchange: 'x', 'routing-keys': ['k'], time: at(seconds) });

describe('x-death', () => {
  const deaths = readDeaths([entry('work', 'rejected', 3, 60), entry('retry', 'expired', 2, 30), entry('work', 'expired', 1, 90)]);

  it('is read with counts as text and times as instants', () => {
    expect(deaths[0]).toEqual({ queue: 'work', reason: 'rejected', count: '3', exchange: 'x', routingKeys: ['k'], time: '2025-11-23T12:14:20.000Z' });
  });
  it('tells the first death in a queue, else the first at all, and how often', () => {
    expect(firstDeathIn('work', deaths)).toBe(1_763_900_060_000);
    expect(firstDeathIn('elsewhere', deaths)).toBe(1_763_900_030_000);
    expect([attemptsIn('work', deaths), attemptsIn('elsewhere', deaths)]).toEqual([4, null]);
  });
  it.each([undefined, 'text', {}, [], [null, 1, 'x']])('reads nothing from %j', (header) => {
    expect(readDeaths(header)).toEqual([]);
    expect(firstDeathIn('work', [])).toBeNull();
  });
  it('keeps a bounded part of a history without end', () => {
    expect(readDeaths(Array.from({ length: 1_000 }, () => entry('q'.repeat(1_000), 'rejected', 1, 0)))).toHaveLength(50);
  });
});
