import { describe, expect, it } from 'vitest';
import { formerCopies } from './former-copies';

function run(looks: (readonly string[] | null | Error)[], told: { stopped?: boolean } = {}) {
  let look = 0;
  return {
    asked: () => look,
    signal: new AbortController().signal, isHeld: () => true, stopRequested: () => told.stopped === true, progress: () => undefined,
    seenCopies: () => {
      const found = looks[Math.min(look++, looks.length - 1)]!;
      if (found instanceof Error) return Promise.reject(found);
      return Promise.resolve(found === null ? null : new Set(found));
    },
  };
}

describe('copies of what a former life published', () => {
  it('are waited for until all are seen, also through a store that is away', async () => {
    const waits = run([new Error('away'), ['a'], ['a', 'b']]);
    expect(await formerCopies(waits, ['a', 'b'])).toEqual(new Set(['a', 'b']));
    expect(waits.asked()).toBe(3);
  });

  it('are not waited for where nobody keeps any, after the limit, or once somebody stops it', async () => {
    expect(await formerCopies(run([null]), ['a'])).toBeNull();
    expect(await formerCopies(run([['a']]), ['a', 'b'], 0)).toEqual(new Set(['a']));
    expect(await formerCopies(run([[]], { stopped: true }), ['a'])).toEqual(new Set());
  });
});
