import { describe, expect, it } from 'vitest';
import { limitLocks } from './queue-limits';

const queue = (told: object = {}) => ({ name: 'work', maxLength: null, maxLengthBytes: null, overflow: null, ...told });
const asked = (told: object = {}) => ({ going: 100, ready: 5, perSecond: null, ...told });

describe('limits of a queue that messages are sent on to', () => {
  it.each<[string, object, object, string[], number]>([
    ['none', {}, {}, [], 0],
    ['enough room', { maxLength: 105 }, {}, [], 0],
    ['too little room, all at once', { maxLength: 104 }, {}, ['queue-drops'], 0],
    ['too little room, at a rate', { maxLength: 104 }, { perSecond: 10 }, [], 1],
    ['how many go is not known', { maxLength: 104 }, { going: null }, ['queue-drops'], 0],
    ['how many wait is not known', { maxLength: 104 }, { ready: null }, ['queue-drops'], 0],
    ['a limit of bytes', { maxLengthBytes: 1_000 }, {}, ['queue-drops'], 0],
    ['refuses, with room', { maxLength: 10_000, overflow: 'reject-publish' }, { perSecond: 10 }, ['queue-refuses'], 0],
    ['refuses to its dead-letter exchange', { maxLengthBytes: 1_000_000, overflow: 'reject-publish-dlx' }, {}, ['queue-refuses'], 0],
  ])('%s', (_, limits, told, codes, warnings) => {
    const found = limitLocks(queue(limits), asked(told));
    expect(found.locks.map(({ code }) => code)).toEqual(codes);
    expect(found.warnings).toHaveLength(warnings);
  });

  it('is nothing where there is no queue: another lock says that', () => {
    expect(limitLocks(undefined, asked())).toEqual({ locks: [], warnings: [] });
  });
});
