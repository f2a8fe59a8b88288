/** Replays dead letters: finds those that were asked for, sends them, and leaves everything else in its place. */
import { setImmediate as afterThisTurn } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { JournalItem, LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { readNodes } from '../look-at-broker';
import { plainly } from '../plan-base';
import { indexQueue, type QueueIndex } from '../moving/index-queue';
import type { MessageIdentity } from '../moving/message-identity';
import { BATCH } from '../moving/move-in-order';
import { mustHold, Pace } from '../pace';
import { chooseNext, type Sending } from './choose-next';
import { DeadLetters, doublesSentence, recordOf, type ReplayRecord } from './dead-letters';
import type { Replay } from './replay-plan';
import { formerCopies } from './former-copies';
import { itemHeader, type SendingWay } from './sending-way';

export async function replay(broker: BrokerAccess, run: LeverRun, act: Replay, way: SendingWay, identity: MessageIdentity, perSecond: number | null): Promise<LeverResult> {
  const open = await run.journal.open();
  const dead = new DeadLetters(open, identity, run.operationId);
  const connection = await broker.amqp();
  if ((await connection.look(act.from)) === null) throw new LeverError(`Dead-letter queue "${act.from}" does not exist any more.`);
  await way.prepare();
  const before = recordOf(run);
  const nodes = await readNodes(broker);
  const index = await indexQueue(broker, run, act.from, (opened) => way.channel(opened), (message: ConsumeMessage) => {
    dead.see(message);
    return true;
  });
  try {
    await settleFormerLife(run, open, dead, way, { before, nodes, index });
    const doubles = before?.doubles ?? Object.fromEntries([...dead.counts].filter(([, count]) => count > 1));
    mustHold(run);
    await run.remember(plainly({ doubles, nodes } satisfies ReplayRecord));
    return await sendAll(run, act, way, index, dead, identity, perSecond);
  } finally {
    await index?.end();
    await way.clear().catch(() => undefined);
  }
}

async function sendAll(run: LeverRun, act: Replay, way: SendingWay, index: QueueIndex | null, dead: DeadLetters, identity: MessageIdentity, perSecond: number | null): Promise<LeverResult> {
  const items = await run.journal.open();
  const pending = dead.inQueueOrder(items.filter(({ state }) => state === 'pending'));
  let sent = items.filter(({ state }) => state === 'sent').length;
  const pace = new Pace(perSecond, run);
  const result = (sentence: string, complete: boolean): LeverResult => ({ sentence: `${sentence}${doublesSentence(dead)}`, moved: sent, possibleDuplicates: 0, complete });
  const size = Math.min(BATCH, pace.batch);
  /** The broker has them; the journal learns it with the next claim. */
  const taken: string[] = [];
  /** What the contract lets through at this moment; null: stopped on request. */
  const choose = (at: number): Promise<Sending[] | null> => {
    const batch = pending.slice(at, at + size);
    const chosen = pace.take(batch.length).then((goesOn) => (goesOn ? chooseNext(run, batch, dead, identity, way) : null));
    // Awaited only after the batch before was sent; until then nobody would hear that it went wrong.
    chosen.catch(() => undefined);
    return chosen;
  };
  let next = pending.length > 0 ? choose(0) : null;
  for (let at = size; next !== null; at += size) {
    const chosen = await next;
    if (chosen === null) {
      await run.journal.sent(taken);
      return result(`Stopped after ${sent} messages; the rest stays in "${act.from}".`, false);
    }
    const sending = chosen.length > 0 && index ? send(run, way, index.channel, chosen, taken) : null;
    // The contract is asked about the next ones while the broker commits these.
    next = at < pending.length && way.isAtomic ? choose(at) : null;
    if (sending) {
      const { count, toJournal } = await sending;
      taken.push(...toJournal);
      sent += count;
      run.progress({ sentence: `Sent ${sent} of ${items.length}`, moved: sent });
    }
    if (at < pending.length) next ??= choose(at);
    if (next && taken.length > 0 && await isOpen(next)) await run.journal.sent(taken.splice(0));
  }
  await run.journal.sent(taken);
  return result(`Sent ${sent} messages of "${act.from}" ${act.to === 'queue' ? `on to "${act.workQueue}"` : 'to their exchange'}.`, true);
}

/** @param taken journaled as sent in the same write as the claim, and emptied */
function send(run: LeverRun, way: SendingWay, channel: Channel, chosen: readonly Sending[], taken: string[]): ReturnType<SendingWay['send']> {
  mustHold(run);
  const claim = run.journal.claim(chosen.map(({ item }) => item.itemKey), taken.splice(0));
  // Awaited only after the messages are on their way to the broker.
  claim.catch(() => undefined);
  return way.send(channel, chosen, claim);
}

/** Whether no claim follows at once: the rate or an answer of the contract's probes has to be waited for, or it went wrong. */
async function isOpen(next: Promise<unknown>): Promise<boolean> {
  return Promise.race([next.then(() => false, () => true), afterThisTurn(true)]);
}

/** Published by a former life and not confirmed: copies of the tap decide, and what they cannot decide is unknown, never sent again. */
async function settlePublished(run: LeverRun, items: readonly JournalItem[], dead: DeadLetters, { index, isThere, wasRestarted }: { index: QueueIndex | null; isThere: (itemKey: string) => boolean; wasRestarted: boolean }): Promise<void> {
  // What the broker had taken may have gone with its restart, whatever the tap saw.
  const seen = items.length === 0 || wasRestarted ? null : await formerCopies(run, items.map(({ position }) => itemHeader(run, position)));
  const arrived = items.filter(({ position }) => seen?.has(itemHeader(run, position)));
  mustHold(run);
  await run.journal.sent(arrived.map(({ itemKey }) => itemKey));
  for (const { itemKey } of arrived) if (isThere(itemKey)) index?.channel.ack(dead.found.get(itemKey)!.message);
  const why = seen === null ? 'whether the broker took it cannot be told' : 'the tap saw no copy of it, so whether the broker took it cannot be told';
  await run.journal.unknown(items.filter((item) => !arrived.includes(item)).map(({ itemKey }) => ({ itemKey, note: `It was being published when the collector stopped; ${why}. It is still in the dead-letter queue.` })));
  for (const { itemKey } of items) dead.found.delete(itemKey);
}

/**
 * What was being sent when a former life ended: decided by what is still there. All that it had taken is back in the queue,
 * or the broker would still count it as a consumer.
 */
async function settleFormerLife(run: LeverRun, open: readonly JournalItem[], dead: DeadLetters, way: SendingWay, { before, nodes, index }: { before: ReplayRecord | null; nodes: Record<string, string>; index: QueueIndex | null }): Promise<void> {
  const isThere = (itemKey: string) => (dead.counts.get(itemKey) ?? 0) >= (before?.doubles[itemKey] ?? 1);
  // Confirmed, and the former life ended before it took the message out: that is all that is left to do.
  if (!way.isAtomic) for (const { itemKey } of open.filter(({ state, itemKey: key }) => state === 'sent' && isThere(key))) index?.channel.ack(dead.found.get(itemKey)!.message);
  const undecided = open.filter(({ state }) => state === 'sending').map(({ itemKey }) => itemKey);
  if (undecided.length === 0) return;
  // A user that may not see the nodes cannot tell either.
  const wasRestarted = before === null || Object.keys(nodes).length === 0 || Object.entries(nodes).some(([name, processId]) => before.nodes[name] !== processId);
  const failedAgain = undecided.filter((itemKey) => dead.rejectedAgain.has(itemKey));
  const rest = undecided.filter((itemKey) => !dead.rejectedAgain.has(itemKey));
  await run.journal.sent(failedAgain);
  if (!way.isAtomic) {
    await settlePublished(run, open.filter(({ itemKey }) => rest.includes(itemKey)), dead, { index, isThere, wasRestarted });
    return;
  }
  await run.journal.notSent(rest.filter(isThere));
  const gone = rest.filter((itemKey) => !isThere(itemKey));
  // The act was one transaction; only a restart in between could have applied a part of it.
  if (wasRestarted) await run.journal.unknown(gone.map((itemKey) => ({ itemKey, note: 'It was being sent when the broker was restarted, and is not in the dead-letter queue any more.' })));
  else await run.journal.sent(gone);
}

