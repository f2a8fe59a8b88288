/** Takes everything that is in a queue at this instant, and leaves it unsettled: what is not acted on keeps its place. */
import type { Channel, ConsumeMessage } from 'amqplib';
import type { BrokerAccess, LeverConnection } from '../broker-access';
import { mustHold } from '../pace';
import type { LeverRun } from '@/collectors/runtime/operations/levers';
import { awaitNoConsumer, MessageTaker } from './take-messages';

/** What was counted may have been taken or expired since: then nothing more comes. */
const PATIENCE_MS = 2_000;
const AT_ONCE = 1_000;

export interface QueueIndex {
  channel: Channel;
  /** Messages that were there. */
  size: number;
  end(): Promise<void>;
}

/**
 * Only messages that were in the queue at the beginning are seen: one that comes back while we act is never acted on again.
 *
 * @param see called for each, in order; false: enough was seen
 * @param atMost how many are looked at; what lies behind stays untouched
 */
export async function indexQueue(broker: BrokerAccess, run: Pick<LeverRun, 'isHeld' | 'signal'>, queue: string, prepare: (connection: LeverConnection) => Promise<Channel>, see: (message: ConsumeMessage) => boolean, atMost = Number.MAX_SAFE_INTEGER): Promise<QueueIndex | null> {
  const connection = await broker.amqp();
  await awaitNoConsumer(broker, run, queue);
  const there = Math.min((await connection.look(queue))?.ready ?? 0, atMost);
  if (there === 0) return null;
  const taker = await MessageTaker.begin(broker, run, queue, there, prepare);
  let size = 0;
  try {
    for (let goesOn = true; goesOn && size < there;) {
      mustHold(run);
      const taken = await taker.next(Math.min(AT_ONCE, there - size), PATIENCE_MS);
      if (taken.length === 0) break;
      for (const { message } of taken) {
        size++;
        goesOn &&= see(message);
      }
    }
    return { channel: taker.channel, size, end: () => taker.end() };
  } catch (error) {
    await taker.end();
    throw error;
  }
}
