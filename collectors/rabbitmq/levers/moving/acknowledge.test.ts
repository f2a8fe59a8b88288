import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { acknowledge } from './acknowledge';

function acknowledged(tags: readonly number[], settledUpTo: number) {
  const words: string[] = [];
  const messages = tags.map((deliveryTag) => ({ fields: { deliveryTag } }) as ConsumeMessage);
  const upTo = acknowledge({ ack: ({ fields }, allUpTo = false) => words.push(`${allUpTo ? 'up to ' : ''}${fields.deliveryTag}`) }, messages, settledUpTo);
  return { words, upTo };
}

describe('acknowledge', () => {
  it('says "all up to" only of what follows without a gap on what was settled', () => {
    expect(acknowledged([1, 2, 3], 0)).toEqual({ words: ['up to 3'], upTo: 3 });
    expect(acknowledged([4, 5, 7, 8], 3)).toEqual({ words: ['up to 5', '7', '8'], upTo: 5 });
  });

  it('never reaches over a message that is not meant', () => {
    expect(acknowledged([2, 3], 0)).toEqual({ words: ['2', '3'], upTo: 0 });
    expect(acknowledged([6], 5)).toEqual({ words: ['up to 6'], upTo: 6 });
    expect(acknowledged([8, 9], 5)).toEqual({ words: ['8', '9'], upTo: 5 });
  });

  it('takes them in any order, and none', () => {
    expect(acknowledged([3, 1, 2, 5], 0)).toEqual({ words: ['up to 3', '5'], upTo: 3 });
    expect(acknowledged([], 4)).toEqual({ words: [], upTo: 4 });
  });
});
