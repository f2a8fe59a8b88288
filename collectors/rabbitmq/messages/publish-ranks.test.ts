import { describe, expect, it } from 'vitest';
import type { QueueLook } from '../tap-surroundings';
import { PublishRanks } from './publish-ranks';

function ranks() {
  let look: QueueLook | undefined;
  const made = new PublishRanks(() => look);
  return { ranks: made, setPublished: (published: bigint | null) => { look = { sampleTime: 0, ready: null, unacked: null, published, delivered: null }; } };
}

describe('PublishRanks', () => {
  it('is the age of the N-th newest publish when N wait', () => {
    const { ranks: r } = ranks();
    for (let at = 1; at <= 5; at++) r.published('q', at * 1_000);
    expect(r.ageOf('q', { ready: 2n, unacked: 1n }, 10_000)).toEqual({ ageMs: 7_000, method: 'rank', note: 'At least: 3 messages wait, and so long ago the 3rd newest was published.' });
    expect(r.ageOf('q', { ready: 0n, unacked: 0n }, 10_000)).toBeNull();
    expect(r.ageOf('other', { ready: 1n, unacked: 0n }, 10_000)).toBeNull();
  });

  it('is unknown when more wait than were seen, and after a gap', () => {
    const { ranks: r } = ranks();
    r.published('q', 1);
    expect(r.ageOf('q', { ready: 2n, unacked: 0n }, 10)).toMatchObject({ ageMs: null, method: 'unknown', note: 'Unknown: 2 messages wait, and the tap has seen only 1 published.' });
    r.startAnew(['q'], 'copies were dropped');
    expect(r.ageOf('q', { ready: 1n, unacked: 0n }, 10)).toMatchObject({ method: 'unknown', note: 'Unknown: 1 messages wait, and the tap has seen only 0 published since copies were dropped.' });
  });

  it('is the oldest remembered publish when more wait than it remembers', () => {
    const { ranks: r } = ranks();
    for (let at = 0; at < 20_000; at++) r.published('q', at);
    expect(r.ageOf('q', { ready: 19_000n, unacked: 0n }, 20_000)?.ageMs).toBe(16_384);
  });

  it('is unknown when messages reach the queue that the tap does not see', () => {
    const { ranks: r, setPublished } = ranks();
    const wait = () => r.ageOf('q', { ready: 1n, unacked: 0n }, 10_000)?.method;
    let published = 0n;
    for (let look = 0; look < 20; look++) {
      for (let seen = 0; seen < 100; seen++) r.published('q', 1);
      setPublished(published += 100n);
      expect(wait()).toBe('rank');
    }
    for (let look = 0; look < 10; look++) {
      setPublished(published += 100n);
      wait();
    }
    expect(wait()).toBe('unknown');
  });
});
