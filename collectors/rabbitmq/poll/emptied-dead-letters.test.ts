import { describe, expect, it } from 'vitest';
import { EmptiedDeadLetters } from './emptied-dead-letters';

function watching({ isAway = false } = {}) {
  const asked: { channelId: string; seenBefore: number }[] = [];
  const state = { isAway };
  const emptied = new EmptiedDeadLetters({
    resolveFailures: (channelId, { seenBefore }) => {
      asked.push({ channelId, seenBefore });
      return state.isAway ? Promise.reject(new Error('storage is away')) : Promise.resolve(1);
    },
  });
  return { emptied, asked, state };
}

describe('an emptied dead-letter queue', () => {
  it('holds nothing that failed before it was seen empty for a while', () => {
    const { emptied, asked } = watching();
    for (const at of [0, 5_000, 19_999]) emptied.note('dead', 0n, at);
    expect(asked).toEqual([]);
    emptied.note('dead', 0n, 20_000);
    expect(asked).toEqual([{ channelId: 'dead', seenBefore: 0 }]);
  });

  it('is asked for once a minute while it stays empty', () => {
    const { emptied, asked } = watching();
    for (let at = 0; at <= 150_000; at += 5_000) emptied.note('dead', 0n, at);
    expect(asked.map(({ seenBefore }) => seenBefore)).toEqual([0, 60_000, 120_000]);
  });

  it.each<[string, bigint | null]>([['something lies in it', 1n], ['what lies in it is not known', null]])('begins anew when %s', (_, content) => {
    const { emptied, asked } = watching();
    emptied.note('dead', 0n, 0);
    emptied.note('dead', content, 15_000);
    for (let at = 20_000; at < 40_000; at += 5_000) emptied.note('dead', 0n, at);
    expect(asked).toEqual([]);
    emptied.note('dead', 0n, 40_000);
    expect(asked).toHaveLength(1);
  });

  it('is asked for again when storage was away', async () => {
    const { emptied, asked, state } = watching({ isAway: true });
    emptied.note('dead', 0n, 0);
    emptied.note('dead', 0n, 20_000);
    await new Promise(setImmediate);
    state.isAway = false;
    emptied.note('dead', 0n, 25_000);
    expect(asked.map(({ seenBefore }) => seenBefore)).toEqual([0, 5_000]);
  });

  it('is not confused with another', () => {
    const { emptied, asked } = watching();
    emptied.note('a', 0n, 0);
    emptied.note('b', 0n, 15_000);
    emptied.note('a', 0n, 20_000);
    emptied.note('b', 0n, 20_000);
    expect(asked.map(({ channelId }) => channelId)).toEqual(['a']);
  });
});
