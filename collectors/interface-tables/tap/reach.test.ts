import { describe, expect, it } from 'vitest';
import { Reach, SLACK_MS } from './reach';

const horizon = (oldestOpen: number, next: number, clockMs: number, oldestStartMs: number | null = null) => ({ oldestOpen: BigInt(oldestOpen), next: BigInt(next), clockMs, oldestStartMs, identity: '' });

describe('how far back new rows may be dated', () => {
  it('is the last look, less slack, while no transaction stays open', () => {
    const reach = new Reach();
    for (let look = 1; look <= 3; look++) reach.note(horizon(look * 10, look * 10, 1_000_000 + look * 5_000));
    expect(reach.floorMs(2_000_000)).toBe(1_015_000 - SLACK_MS);
  });

  it('stays at the look before an open transaction began, for as long as it is open', () => {
    const reach = new Reach();
    reach.note(horizon(10, 10, 1_000_000));
    reach.note(horizon(20, 20, 1_005_000));
    // Number 25 begins after the second look and stays.
    for (let look = 3; look < 1_000; look++) reach.note(horizon(25, look * 10, 1_000_000 + look * 5_000));
    expect(reach.floorMs(9_000_000)).toBe(1_005_000 - SLACK_MS);
    reach.note(horizon(20_000, 20_000, 8_000_000));
    expect(reach.floorMs(9_000_000)).toBe(8_000_000 - SLACK_MS);
  });

  it('goes to the start of a transaction that may be seen, but not before the first look', () => {
    const reach = new Reach();
    reach.note(horizon(10, 10, 1_000_000));
    reach.note(horizon(20, 20, 2_000_000, 1_500_000));
    expect(reach.floorMs(0)).toBe(1_500_000 - SLACK_MS);
    reach.note(horizon(30, 30, 3_000_000, 5));
    expect(reach.floorMs(0)).toBe(1_000_000 - SLACK_MS);
  });

  it('only reaches further back when so many looks pass that some are forgotten', () => {
    const reach = new Reach();
    reach.note(horizon(5, 5, 1_000_000));
    for (let look = 1; look <= 12_000; look++) reach.note(horizon(5, 5 + look, 1_000_000 + look));
    reach.note(horizon(11_000, 13_000, 1_020_000));
    expect(reach.floorMs(0)).toBeLessThanOrEqual(1_000_000 + 11_000 - 5 - SLACK_MS);
    expect(reach.floorMs(0)).toBeGreaterThan(1_000_000 + 10_000 - SLACK_MS);
  });
});
