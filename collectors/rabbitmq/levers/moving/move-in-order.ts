/**
 * Moves messages from a queue of ours through an exchange of ours, in order and exactly once: publishing and acknowledging
 * are one transaction, so when we are gone the broker has done both or neither.
 */
import type { BrokerAccess } from '../broker-access';
import { exactProperties, publishExactly } from '../amqp/exact-messages';
import { beginTransactions, commit } from '../amqp/transaction';
import { LeverError } from '../lever-problem';
import { Pace } from '../pace';
import { leadsTo } from './own-exchange';
import { MessageTaker, type Taken } from './take-messages';
import type { LeverRun } from '@/collectors/runtime/operations/levers';

/** In one transaction. */
export const BATCH = 200;
const PREFETCH = 2 * BATCH;
/** Without an arrival for so long, the queue is asked whether it is empty. */
const IDLE_MS = 50;
/** How often what is left is counted. */
const COUNT_MS = 1_000;

export interface Moved {
  count: number;
  /** False: stopped on request. */
  isDone: boolean;
}

/**
 * @param to an exchange of ours that leads to `queue`, or back to `from` @param moved called after each commit, with the total, and about once
 * a second with what is left @throws LeverError when `queue` went away meanwhile: what was sent since is back in `from`
 */
export async function moveInOrder(broker: BrokerAccess, run: LeverRun, { from, to, queue, perSecond, until, canBeStopped, moved }: {
  from: string; to: string; queue: string; perSecond: number | null;
  /** `nearly-empty`: new messages still come in, and fewer than a batch of them are left. */
  until: 'empty' | 'nearly-empty';
  /** False while something is taken back: a stop lever that was pulled must not keep messages from their queue. */
  canBeStopped: boolean;
  moved: (total: number, left: number | undefined) => void;
}): Promise<Moved> {
  const connection = await broker.amqp();
  const taker = await MessageTaker.begin(broker, run, from, PREFETCH, transactional);
  const pace = new Pace(perSecond, run, canBeStopped);
  let count = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  const leftNow = async () => {
    if (performance.now() - countedAt < COUNT_MS) return undefined;
    countedAt = performance.now();
    if (!(await leadsTo(broker, to, queue))) throw new LeverError(`Queue "${queue}" was deleted or unbound from our exchange while messages were sent there. What did not reach it is kept in ${from}, behind the others.`);
    const look = await connection.look(from);
    // What has been handed to us and is not settled is none of what is ready.
    return look === null ? undefined : look.ready + taker.waiting;
  };
  try {
    for (;;) {
      if (!pace.goesOn()) return { count, isDone: false };
      const batch = await taker.next(Math.min(BATCH, pace.batch), IDLE_MS);
      if (batch.length === 0) {
        if ((await connection.look(from))?.ready === 0) return { count, isDone: true };
        continue;
      }
      if (!(await pace.take(batch.length))) return { count, isDone: false };
      for (const { message } of batch) publishExactly(taker.channel, { exchange: to, routingKey: message.fields.routingKey }, exactProperties(message), message.content);
      acknowledgeUpTo(taker, batch);
      await commit(taker.channel);
      count += batch.length;
      moved(count, await leftNow());
      if (until === 'nearly-empty' && batch.length < BATCH && taker.waiting < BATCH && ((await connection.look(from))?.ready ?? 0) < BATCH) return { count, isDone: true };
    }
  } finally {
    await taker.end();
  }
}

/** A channel whose publishes and acknowledgements wait for `commit`. */
export async function transactional(connection: Awaited<ReturnType<BrokerAccess['amqp']>>) {
  const channel = await connection.channel();
  await beginTransactions(channel);
  return channel;
}

/** In order, nothing left out: one acknowledgement is enough. */
function acknowledgeUpTo({ channel }: MessageTaker, batch: readonly Taken[]): void {
  const last = batch.at(-1);
  if (last) channel.ack(last.message, true);
}
