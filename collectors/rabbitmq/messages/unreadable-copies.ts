/**
 * Gets past copies that the client library cannot read: headers nested thousands deep, or of a type that it does not know.
 * Such a copy breaks the connection each time it is handed out. So copies are fetched one by one from our own queue until
 * it breaks again; then those before it are kept, and it alone is removed unread.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';
import { isUnreadableFrame } from './amqp-problem';
import { CopyBatches } from './copy-batches';
import { PREFETCH, type CopyConsumerOptions } from './copy-consumer';
import { closeChannel } from './open-connection';
import type { OpenConnection } from './vhost-connection';

export class UnreadableCopies {
  /** Suspected queues, with the number of readable copies before the unreadable one, once known. */
  readonly #suspects = new Map<string, number | null>();

  /** A connection broke on bytes that could not be read while these queues were consumed. */
  suspect(queues: readonly string[]): void {
    for (const queue of queues) if (!this.#suspects.has(queue)) this.#suspects.set(queue, null);
  }

  isSuspected(queue: string): boolean {
    return this.#suspects.has(queue);
  }

  /**
   * Looks for the unreadable copy of one suspected queue, or removes it where its place is known.
   *
   * @returns whether one was removed: the connection is broken then
   * @throws Error when the connection broke; to be called again on a new one
   */
  async inspect(connection: OpenConnection, options: CopyConsumerOptions): Promise<boolean> {
    const channel = await connection.model.createChannel();
    const broken = new Promise<never>((_, reject) => {
      channel.on('error', reject);
      channel.on('close', () => reject(new Error('The connection broke.')));
    });
    broken.catch(() => undefined);
    const place = this.#suspects.get(options.queue) ?? null;
    const copies = await this.#fetch({ channel, broken, connection }, options, place ?? PREFETCH + 1);
    await keep(channel, broken, options, copies);
    if (place === null || copies.length < place) {
      this.#suspects.delete(options.queue);
      await closeChannel(channel);
      return false;
    }
    return this.#remove({ channel, broken, connection }, options);
  }

  async #fetch({ channel, broken, connection }: Fetching, { queue, isHeld, read }: CopyConsumerOptions, most: number): Promise<Copy[]> {
    const copies: Copy[] = [];
    while (copies.length < most) {
      if (!isHeld()) throw new Error('The lease of this tap has ended.');
      try {
        // Does not settle by itself when the copy cannot be read.
        const copy = await Promise.race([channel.get(queue), broken]);
        if (copy === false) return copies;
        copies.push({ deliveryTag: copy.fields.deliveryTag, facts: read({ ...copy, fields: { ...copy.fields, consumerTag: '' } }) });
      } catch (error) {
        if (isUnreadableFrame(connection.error())) this.#suspects.set(queue, copies.length);
        throw error;
      }
    }
    return copies;
  }

  /** Fetched without acknowledgement, a copy leaves the queue whether it can be read or not. */
  async #remove({ channel, broken, connection }: Fetching, { queue, isHeld, read, store }: CopyConsumerOptions): Promise<boolean> {
    if (!isHeld()) throw new Error('The lease of this tap has ended.');
    this.#suspects.set(queue, null);
    const copy = await Promise.race([channel.get(queue, { noAck: true }), broken]).catch(() => null);
    if (copy === null) return isUnreadableFrame(connection.error());
    if (copy !== false) await store(read({ ...copy, fields: { ...copy.fields, consumerTag: '' } }));
    await closeChannel(channel);
    return false;
  }
}

interface Copy { deliveryTag: number; facts: readonly (TapMessage | FailedMessage)[] }
interface Fetching { channel: Channel; broken: Promise<never>; connection: OpenConnection }

async function keep(channel: Channel, broken: Promise<never>, { store, isHeld }: CopyConsumerOptions, copies: readonly Copy[]): Promise<void> {
  let failure: unknown = null;
  const batches = new CopyBatches({
    store, isHeld,
    acknowledge: (deliveryTag) => channel.ack({ fields: { deliveryTag } } as ConsumeMessage, true),
    failed: (error) => { failure = error; },
  });
  for (const { deliveryTag, facts } of copies) batches.add(deliveryTag, facts);
  await Promise.race([batches.settle(), broken]);
  if (failure !== null) throw failure instanceof Error ? failure : new Error('The copies could not be stored.');
}
