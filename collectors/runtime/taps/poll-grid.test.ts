import { describe, expect, it } from 'vitest';
import { everyGridInstant } from './poll-grid';

/** A clock that the test turns; every reading without a change would wait for real, so looks move it on. */
async function looksAt(start: number, steps: readonly number[]): Promise<number[]> {
  const abort = new AbortController();
  const seen: number[] = [];
  let clock = start;
  await everyGridInstant({ everyMs: 5_000, signal: abort.signal, now: () => clock }, (instant) => {
    seen.push(instant);
    const step = steps[seen.length - 1];
    if (step === undefined) abort.abort();
    else clock += step;
    return Promise.resolve();
  });
  return seen;
}

describe('the poll grid', () => {
  it('has its instants at multiples of the interval, wherever a process starts', async () => {
    expect(await looksAt(12_345, [5_000, 5_000])).toEqual([10_000, 15_000, 20_000]);
  });

  it('leaves out instants that pass during a look', async () => {
    expect(await looksAt(10_000, [17_000, 5_000])).toEqual([10_000, 25_000, 30_000]);
  });

  it('moves with a clock that jumps', async () => {
    expect(await looksAt(100_000, [-60_000, 5_000, 3_600_000])).toEqual([100_000, 40_000, 45_000, 3_645_000]);
  });

  it('ends with its signal, also while it waits', async () => {
    const abort = new AbortController();
    const looks: number[] = [];
    const polling = everyGridInstant({ everyMs: 60_000, signal: abort.signal, now: () => 1_000 }, (instant) => {
      looks.push(instant);
      setImmediate(() => abort.abort());
      return Promise.resolve();
    });
    await polling;
    expect(looks).toEqual([0]);
  });

  it('hands on what a look throws', async () => {
    await expect(everyGridInstant({ everyMs: 10, signal: new AbortController().signal, now: Date.now }, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
