import { describe, expect, it } from 'vitest';
import { tooLargeTogether } from './held-in-memory';

const MB = 1024 * 1024;

describe('tooLargeTogether', () => {
  it('locks what would not fit into memory, and says how many do', () => {
    expect(tooLargeTogether('claims.dead', { ready: 900, unacked: 100, bytes: 4_000 * MB }, 600)).toEqual([{
      code: 'too-large',
      sentence: 'The 600 chosen messages are about 2400 MB together ("claims.dead" has 1000 of 4096 kB on average). A replay holds what it sends in memory, at most 1024 MB. Choose at most 256 at once, e.g. by payer, facility or time.',
    }]);
    expect(tooLargeTogether('claims.dead', { ready: 1_000, unacked: 0, bytes: 4_000 * MB }, 256)).toEqual([]);
  });

  it('locks nothing by a size that is not known', () => {
    expect(tooLargeTogether('claims.dead', { ready: 10, unacked: 0, bytes: null }, 10)).toEqual([]);
    expect(tooLargeTogether('claims.dead', { ready: 0, unacked: 0, bytes: 0 }, 10)).toEqual([]);
    expect(tooLargeTogether('claims.dead', null, 10)).toEqual([]);
  });
});
