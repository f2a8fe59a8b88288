/** Acknowledges with as few words as possible: each is a frame that the broker has to take apart and to remember until the commit. */
import type { ConsumeMessage } from 'amqplib';

interface Acknowledging {
  ack(message: ConsumeMessage, allUpTo?: boolean): void;
}

/**
 * Acknowledges these messages and no others. Those that follow without a gap on what was settled before go in one word, "all up
 * to here" (`multiple`, AMQP 0-9-1, basic.ack): nothing else can be meant by it, because every tag below was acknowledged.
 *
 * @param settledUpTo every delivery of this channel up to this tag was acknowledged; 0: none
 * @returns the same after this
 */
export function acknowledge(channel: Acknowledging, messages: readonly ConsumeMessage[], settledUpTo: number): number {
  const inOrder = messages.toSorted((a, b) => a.fields.deliveryTag - b.fields.deliveryTag);
  const gapAt = inOrder.findIndex(({ fields }, index) => fields.deliveryTag !== settledUpTo + 1 + index);
  const following = gapAt === -1 ? inOrder : inOrder.slice(0, gapAt);
  const last = following.at(-1);
  if (last) channel.ack(last, true);
  for (const message of inOrder.slice(following.length)) channel.ack(message);
  return last?.fields.deliveryTag ?? settledUpTo;
}
