/** Takes messages from a queue for ourselves alone, in order, without settling them. */
import type { Channel, ConsumeMessage } from 'amqplib';
import { setTimeout as pause } from 'node:timers/promises';
import { apiPath } from '../../management/management-client';
import { record, rows, text } from '../../management/json-values';
import { isInExclusiveUse } from '../../messages/amqp-problem';
import type { BrokerAccess, LeverConnection } from '../broker-access';
import { LeverError } from '../lever-problem';
import { mustHold } from '../pace';
import type { LeverRun } from '@/collectors/runtime/operations/levers';

/** A former life of ours that sleeps still has the queue; its connection is closed, and the broker needs a moment for that. */
const ASK_AGAIN_MS = 500;
/** Longer than heartbeats need to find out that a client hangs (12 s). */
const TRIES = 50;
const MOST_PREFETCH = 65_535;

export interface Taken {
  message: ConsumeMessage;
  deliveryTag: number;
}

export class MessageTaker {
  #arrived: Taken[] = [];
  #wake: (() => void) | null = null;
  /** What ended it: the queue was deleted, the channel or the connection was closed. */
  #ended: Error | null = null;

  private constructor(readonly channel: Channel) {}

  /**
   * @param prefetch how many may be out at once
   * @param prepare of the channel, before it consumes, e.g. to begin transactions
   * @throws the broker's refusal, e.g. while somebody else has the queue
   */
  static async begin(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, queue: string, prefetch: number, prepare: (connection: LeverConnection) => Promise<Channel>): Promise<MessageTaker> {
    const connection = await broker.amqp();
    for (let attempt = 1; ; attempt++) {
      const channel = await prepare(connection);
      const taker = new MessageTaker(channel);
      channel.on('close', () => taker.#end(new Error('The channel was closed.')));
      channel.on('error', (error: Error) => taker.#end(error));
      // Zero would be no limit at all.
      await channel.prefetch(prefetch > MOST_PREFETCH ? 0 : Math.max(1, prefetch));
      mustHold(run);
      try {
        // Only one consumer may have the queue: the broker itself keeps two lives of an operation apart.
        await channel.consume(queue, (message) => taker.#take(message), { exclusive: true });
        return taker;
      } catch (error) {
        if (!isInExclusiveUse(error) || attempt === TRIES) throw error;
        await closeFormerLife(broker, run, queue);
        await pause(ASK_AGAIN_MS, undefined, { signal: run.signal });
      }
    }
  }

  /** How many have arrived and were not asked for yet. */
  get waiting(): number {
    return this.#arrived.length;
  }

  /** Those that have arrived, at most so many; waits up to `patienceMs` for the first. @throws Error when taking has ended */
  async next(most: number, patienceMs: number): Promise<Taken[]> {
    if (this.#arrived.length === 0 && this.#ended === null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    if (this.#ended) throw this.#ended;
    return this.#arrived.splice(0, most);
  }

  /** What is not settled goes back to its place in the queue. */
  async end(): Promise<void> {
    await this.channel.close().catch(() => undefined);
  }

  #take(message: ConsumeMessage | null): void {
    if (message === null) return this.#end(Object.assign(new Error('NOT_FOUND - "the queue was deleted while messages were taken from it"'), { code: 404 }));
    this.#arrived.push({ message, deliveryTag: message.fields.deliveryTag });
    this.#wake?.();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake?.();
  }
}

/**
 * Resolves when nobody consumes from the queue: only then is everything that a former life had taken back in its place, and
 * counts of it mean something.
 *
 * @throws Error with a sentence for people when somebody keeps consuming
 */
export async function awaitNoConsumer(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, queue: string): Promise<void> {
  const connection = await broker.amqp();
  for (let attempt = 1; ; attempt++) {
    const consumers = (await connection.look(queue))?.consumers ?? 0;
    if (consumers === 0) return;
    if (attempt === TRIES) throw new LeverError(`Somebody consumes from "${queue}" (consumers: ${consumers}), so its messages cannot be taken in order. End that consumer, then try again.`);
    await closeFormerLife(broker, run, queue);
    await pause(ASK_AGAIN_MS, undefined, { signal: run.signal });
  }
}

/** Only our own: a consumer of anybody else keeps what it has. A consumer shows in the list some seconds after it began. */
async function closeFormerLife({ read, write, vhost, signal, source }: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, queue: string): Promise<void> {
  const { body } = await read.get(apiPath`consumers/${vhost}`, `the consumers of virtual host ${vhost}`, signal);
  for (const row of rows(body)) {
    const details = record(row['channel_details']);
    if (text(record(row['queue'])['name']) !== queue || text(details['user']) !== source.levers?.user) continue;
    mustHold(run);
    await write.delete(apiPath`connections/${text(details['connection_name'])}`, 'the connections of the levers', signal);
  }
}
