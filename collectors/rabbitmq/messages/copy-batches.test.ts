import { describe, expect, it } from 'vitest';
import type { TapMessage } from '@/server/domain/taps/facts';
import { CopyBatches } from './copy-batches';

const fact = {} as TapMessage;

function batches({ isHeld = () => true, fails = false }: { isHeld?: () => boolean; fails?: boolean } = {}) {
  const acknowledged: number[] = [];
  const stored: number[] = [];
  const failures: unknown[] = [];
  let release: () => void = () => undefined;
  const made = new CopyBatches({
    isHeld,
    store: (facts) => new Promise((resolve, reject) => {
      stored.push(facts.length);
      release = () => (fails ? reject(new Error('away')) : resolve());
    }),
    acknowledge: (tag) => acknowledged.push(tag),
    failed: (error) => failures.push(error),
  });
  return { made, acknowledged, stored, failures, release: () => release() };
}

describe('CopyBatches', () => {
  it('acknowledges the last of a batch when it is stored, not before, and one batch at a time', async () => {
    const { made, acknowledged, stored, release } = batches();
    for (let tag = 1; tag <= 2_500; tag++) made.add(tag, [fact]);
    expect([stored, acknowledged]).toEqual([[2_000], []]);
    const settled = made.settle();
    release();
    await expect.poll(() => stored).toEqual([2_000, 500]);
    expect(acknowledged).toEqual([2_000]);
    release();
    await settled;
    expect(acknowledged).toEqual([2_000, 2_500]);
  });

  it.each([{ fails: true }, { isHeld: () => false }])('acknowledges nothing once storing failed or the lease ended', async (options) => {
    const { made, acknowledged, failures, release } = batches(options);
    made.add(1, [fact]);
    const settled = made.settle();
    release();
    await settled;
    made.add(2, [fact]);
    await made.settle();
    expect(acknowledged).toEqual([]);
    expect(failures).toHaveLength(1);
  });
});
