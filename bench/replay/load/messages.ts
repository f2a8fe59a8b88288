/** What is moved: messages of about 1 kB with a few headers, the same for both sides. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { ROUTING_KEY } from '@/collectors/testing/control-room';

const BODY = Buffer.from(JSON.stringify({ charge: { number: 'C-000001', payer: 'aetna', lines: Array.from({ length: 20 }, (_, line) => ({ line, code: '99213', amount: '125.00' })) } }));
/** Publishes that may wait for their confirm. */
const WINDOW = 1_000;
const LOOK_MS = 20;

export const BODY_BYTES = BODY.length;

/** Publishes with confirms. @param name makes the ids of the messages unique */
export async function publish(channel: ConfirmChannel, exchange: string, name: string, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    channel.publish(exchange, ROUTING_KEY, BODY, {
      messageId: `${name}-${number}`, contentType: 'application/json', persistent: true,
      headers: { charge: `c-${name}-${number}`, amount: '2500.00', 'x-attempt': 1, 'x-sender': 'billing' },
    });
    if (number % WINDOW === WINDOW - 1) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
}

/** Publishes to `exchange`, and rejects each in `work`, so that all of them are dead letters in `dead`. */
export async function makeDeadLetters(channel: ConfirmChannel, { exchange, work, dead }: { exchange: string; work: string; dead: string }, name: string, count: number): Promise<void> {
  const { consumerTag } = await channel.consume(work, (message) => {
    if (message) channel.nack(message, false, false);
  });
  await publish(channel, exchange, name, count);
  await untilDepth(channel, dead, count);
  await channel.cancel(consumerTag);
}

/** Waits until at least so many messages are ready in a queue. */
export async function untilDepth(channel: ConfirmChannel, queue: string, count: number): Promise<void> {
  while ((await channel.checkQueue(queue)).messageCount < count) await pause(LOOK_MS);
}
