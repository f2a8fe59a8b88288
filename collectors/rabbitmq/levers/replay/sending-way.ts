/** The two ways of a dead letter back: to the one work queue, in a transaction; or through its first exchange, with confirms. */
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { LeverRun } from '@/collectors/runtime/operations/levers';
import { readDeaths } from '../../messages/deaths';
import { ITEM_HEADER, replayNames } from '../../own-names';
import { exactProperties, publishExactly } from '../amqp/exact-messages';
import { commit, rollback } from '../amqp/transaction';
import { changedProperties } from '../amqp/wire-properties';
import type { BrokerAccess, LeverConnection } from '../broker-access';
import { codeOf, LeverError } from '../lever-problem';
import { transactional } from '../moving/move-in-order';
import { acknowledge } from '../moving/acknowledge';
import { makeOwnExchange, removeOwnExchange } from '../moving/own-exchange';
import { mustHold } from '../pace';
import type { Sending } from './choose-next';
import type { Replay } from './replay-plan';

export interface SendingWay {
  /** Sending a message and taking it out of the dead-letter queue is one act of the broker. */
  isAtomic: boolean;
  prepare(): Promise<void>;
  /** Why a message cannot be sent by this way, whatever the contract says; null: it can. */
  refuses?(message: ConsumeMessage): { reason: string; instead: string } | null;
  /** On which the dead-letter queue is consumed and messages are sent. */
  channel(connection: LeverConnection): Promise<Channel>;
  /**
   * Sends what the journal has claimed of the chosen ones, and journals what became of them, but for those that only have to be
   * journaled as sent. Nothing leaves before the claim is there.
   */
  send(channel: Channel, chosen: readonly Sending[], claim: Promise<ReadonlySet<string>>): Promise<{ count: number; toJournal: string[] }>;
  clear(): Promise<void>;
}

export function sendingWay(broker: BrokerAccess, run: LeverRun, act: Replay): SendingWay {
  return act.to === 'queue' ? throughOwnExchange(broker, run, act) : throughFirstExchange(run, act);
}

/** Where a message goes, and its properties with what a replay adds to them. */
export interface Destination {
  exchange: string;
  routingKey: string;
  properties(own: Buffer): Buffer;
}

type Publish = (channel: Channel, sending: Sending, to: Destination) => Promise<void> | void;

const asItIs: Publish = (channel, { message }, to) => publishExactly(channel, to, to.properties(exactProperties(message)), message.content);

export function throughOwnExchange(broker: BrokerAccess, run: LeverRun, { from, workQueue }: Replay, publish: Publish = asItIs): SendingWay {
  const names = replayNames(run.operationId);
  /** Every delivery up to this tag was acknowledged. */
  let settledUpTo = 0;
  // Asked after every batch, so the channel is kept; a refusal ends it, and the replay with it.
  let asking: Promise<Channel> | null = null;
  const mustExist = async (note: string) => {
    asking ??= broker.amqp().then((connection) => connection.channel());
    try {
      await (await asking).checkQueue(workQueue);
    } catch (error) {
      asking = null;
      throw codeOf(error) === 404 ? new LeverError(`Queue "${workQueue}" does not exist any more. ${note}`) : error;
    }
  };
  return {
    isAtomic: true,
    async prepare() {
      await mustExist('Nothing was sent.');
      await makeOwnExchange(broker, run, { ...names, queue: workQueue, returnTo: from });
    },
    channel: transactional,
    async send(channel, chosen, claim) {
      const take = async (taken: readonly Sending[]) => {
        for (const one of taken) await publish(channel, one, { exchange: names.out, routingKey: one.routingKey, properties: (own) => withItem(run, own, one.item.position) });
        return acknowledge(channel, taken.map(({ message }) => message), settledUpTo);
      };
      // Nothing is done before the commit, so the broker gets to know of them while the journal writes.
      let settled = await take(chosen);
      const sending = claimedOf(chosen, await claim);
      if (sending.length < chosen.length) {
        await rollback(channel);
        settled = await take(sending);
      }
      mustHold(run);
      await commit(channel);
      settledUpTo = settled;
      try {
        // Somebody deletes the queue in the middle: then our exchange leads back to the dead-letter queue.
        await mustExist(`The last ${sending.length} messages are back in "${from}", or went with the queue.`);
      } catch (error) {
        await run.journal.unknown(sending.map(({ item }) => ({ itemKey: item.itemKey, note: `Queue "${workQueue}" was deleted while it was sent.` })));
        throw error;
      }
      return { count: sending.length, toJournal: sending.map(({ item }) => item.itemKey) };
    },
    clear: () => removeOwnExchange(broker, run, names),
  };
}

function throughFirstExchange(run: LeverRun, { exchange }: Replay): SendingWay {
  const returned = new Set<string>();
  return {
    isAtomic: false,
    prepare: () => Promise.resolve(),
    async channel(connection) {
      const channel = await connection.confirmChannel();
      channel.on('return', ({ properties }: ConsumeMessage) => returned.add(String(properties.headers?.[ITEM_HEADER])));
      return channel;
    },
    async send(channel, chosen, claim) {
      const sending = claimedOf(chosen, await claim);
      mustHold(run);
      // A return comes before the confirmation of the same message, so all are known once all are confirmed.
      const confirmations = sending.map(({ message, routingKey, item }) => confirmation(channel as ConfirmChannel, () => (
        publishExactly(channel, { exchange: firstExchange(message, exchange), routingKey, mandatory: true }, propertiesOf(run, message, item.position), message.content)
      )));
      const outcomes = await Promise.allSettled(confirmations);
      // The connection went away: whether they were taken is decided by the next life.
      if (outcomes.some((outcome) => outcome.status === 'rejected' && !(outcome.reason instanceof Refused))) throw (outcomes.find((outcome) => outcome.status === 'rejected') as PromiseRejectedResult).reason as Error;
      const refused = sending.filter((_, index) => outcomes[index]!.status === 'rejected');
      const cameBack = sending.filter(({ item }, index) => outcomes[index]!.status === 'fulfilled' && returned.has(itemHeader(run, item.position)));
      const taken = sending.filter(({ item }, index) => outcomes[index]!.status === 'fulfilled' && !returned.has(itemHeader(run, item.position)));
      await run.journal.skip([
        ...cameBack.map(({ message, item }) => ({ itemKey: item.itemKey, note: `Unroutable: exchange "${firstExchange(message, exchange)}" leads its key to no queue. It stays in the dead-letter queue.`, instead: 'Bind the queue again, or replay to the queue.' })),
        ...refused.map(({ item }) => ({ itemKey: item.itemKey, note: 'The broker refused it: a queue that it goes to is full. It stays in the dead-letter queue.', instead: 'Try again when there is room.' })),
      ]);
      await run.journal.sent(taken.map(({ item }) => item.itemKey));
      // Journaled before it is taken out: a crash in between must not send it again.
      for (const { message } of taken) channel.ack(message);
      return { count: taken.length, toJournal: [] };
    },
    clear: () => Promise.resolve(),
  };
}

function claimedOf(chosen: readonly Sending[], claimed: ReadonlySet<string>): Sending[] {
  return chosen.filter(({ item }) => claimed.has(item.itemKey));
}

/** The broker does not want the message (nack). */
class Refused extends Error {}

interface Confirming {
  pushConfirmCallback(done: (error: Error | null) => void): void;
}

/** The library counts a publish of its own by such a callback; ours is written past it. */
function confirmation(channel: ConfirmChannel, publish: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    (channel as unknown as Confirming).pushConfirmCallback((error) => {
      if (error === null) resolve();
      else reject(error.message === 'message nacked' ? new Refused() : error);
    });
    publish();
  });
}

/** A message that was parked before it failed names our exchange, which is gone: then it is the contract's. */
function firstExchange(message: ConsumeMessage, fallback: string): string {
  const first = readDeaths(message.properties.headers?.['x-death'])[0]?.exchange ?? fallback;
  return first.startsWith('signalbox.') ? fallback : first;
}

function propertiesOf(run: LeverRun, message: ConsumeMessage, position: number): Buffer {
  return withItem(run, exactProperties(message), position);
}

function withItem(run: LeverRun, properties: Buffer, position: number): Buffer {
  return changedProperties(properties, { header: { name: ITEM_HEADER, value: itemHeader(run, position) }, isPersistent: true });
}

/** The mark of an item on its message. */
export const itemHeader = ({ operationId }: Pick<LeverRun, 'operationId'>, position: number) => `${operationId}/${position}`;
