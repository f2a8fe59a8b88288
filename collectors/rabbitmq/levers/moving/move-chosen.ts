/** Takes chosen messages out of a queue of ours and sends them on, each journaled, while the rest keeps its place. */
import type { ConsumeMessage } from 'amqplib';
import type { LeverRun } from '@/collectors/runtime/operations/levers';
import { exactProperties, publishExactly } from '../amqp/exact-messages';
import { commit } from '../amqp/transaction';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { mustHold, Pace } from '../pace';
import { indexQueue } from './index-queue';
import type { Identified } from './message-identity';
import { BATCH, transactional } from './move-in-order';
import { leadsTo } from './own-exchange';

export interface Chosen {
  /** Of this operation, those of its former lives included. */
  sent: number;
  /** How many this call found to send. */
  found: number;
  isStopped: boolean;
}

/**
 * @param to an exchange of ours that leads to `queue`
 * @param choose who a message is, where it is one of those; null: it stays
 * @param alike what becomes of messages with the key of another one, because they have no id and the same content: each `goes`, under a key of its
 * own, or only one does and the others stay
 * @param most of the whole operation @param atOnce of this call @param lookAt how many messages are looked at
 * @param moved called after each commit, with the total
 * @throws LeverError when `queue` went away meanwhile: what was being sent may be back, and is journaled as unknown
 */
export async function moveChosen(broker: BrokerAccess, run: LeverRun, { from, to, queue, choose, alike, most, atOnce, lookAt, perSecond, moved }: {
  from: string; to: string; queue: string; choose: (message: ConsumeMessage) => Identified | null; alike: 'goes' | 'stays'; most: number; atOnce?: number; lookAt?: number; perSecond: number | null; moved: (total: number) => void;
}): Promise<Chosen> {
  const former = await run.journal.open();
  const undecided = new Set(former.filter(({ state }) => state === 'sending').map(({ itemKey }) => itemKey));
  const alreadySent = new Set(former.filter(({ state }) => state === 'sent').map(({ itemKey }) => itemKey));
  const stillThere = new Map<string, { message: ConsumeMessage; identified: Identified }>();
  const chosen = new Map<string, { message: ConsumeMessage; identified: Identified }>();
  const roomFor = (sent: number) => Math.max(0, Math.min(most - sent, atOnce ?? Number.MAX_SAFE_INTEGER));
  const room = roomFor(alreadySent.size);
  const keys = new NumberedKeys(alreadySent);
  // What a former life was sending is either still there, and then it was not sent, or it is not: all must be looked at.
  const index = await indexQueue(broker, run, from, transactional, (message) => {
    const found = choose(message);
    if (found === null) return true;
    const identified = alike === 'goes' ? { ...found, itemKey: keys.next(found.itemKey) } : found;
    const { itemKey } = identified;
    if (undecided.has(itemKey) && !stillThere.has(itemKey)) stillThere.set(itemKey, { message, identified });
    else if (chosen.size < room && !chosen.has(itemKey) && !alreadySent.has(itemKey)) chosen.set(itemKey, { message, identified });
    return undecided.size > 0 || chosen.size < room;
  }, undecided.size === 0 ? lookAt : undefined);
  try {
    const arrived = [...undecided].filter((itemKey) => !stillThere.has(itemKey));
    await run.journal.sent(arrived);
    await run.journal.notSent([...stillThere.keys()]);
    let sent = alreadySent.size + arrived.length;
    // Those of a former life first: they come before the others in the queue, too.
    const going = [...stillThere.values(), ...chosen.values()].slice(0, roomFor(sent));
    const pace = new Pace(perSecond, run);
    const size = Math.min(BATCH, pace.batch);
    for (let at = 0; at < going.length; at += size) {
      const batch = going.slice(at, at + size);
      if (!(await pace.take(batch.length))) return { sent, found: going.length, isStopped: true };
      sent += await send(batch);
      moved(sent);
    }
    return { sent, found: going.length, isStopped: false };
  } finally {
    await index?.end();
  }

  async function send(batch: readonly { message: ConsumeMessage; identified: Identified }[]): Promise<number> {
    if (!index) return 0;
    await run.journal.add(batch.map(({ identified }) => identified));
    const claimed = await run.journal.claim(batch.map(({ identified }) => identified.itemKey));
    const sending = batch.filter(({ identified }) => claimed.has(identified.itemKey));
    mustHold(run);
    for (const { message } of sending) {
      publishExactly(index.channel, { exchange: to, routingKey: message.fields.routingKey }, exactProperties(message), message.content);
      index.channel.ack(message);
    }
    await commit(index.channel);
    const itemKeys = sending.map(({ identified }) => identified.itemKey);
    // At once: what fails again is known by failing after this instant.
    await run.journal.sent(itemKeys);
    if (!(await leadsTo(broker, to, queue))) {
      await run.journal.unknown(itemKeys.map((itemKey) => ({ itemKey, note: `Queue "${queue}" was deleted or unbound while it was being sent: it went there before, or is back where it was.` })));
      throw new LeverError(`Queue "${queue}" was deleted or unbound from our exchange while messages were sent there.`);
    }
    return sending.length;
  }
}

/** Keys for messages that are alike: the first has the key itself, the second `…#2`, those that were sent before counted in. */
class NumberedKeys {
  readonly #last = new Map<string, number>();

  constructor(private readonly sent: ReadonlySet<string>) {}

  next(key: string): string {
    for (let number = (this.#last.get(key) ?? 0) + 1; ; number += 1) {
      const numbered = number === 1 ? key : `${key}#${number}`;
      if (this.sent.has(numbered)) continue;
      this.#last.set(key, number);
      return numbered;
    }
  }
}
