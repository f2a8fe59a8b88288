/** Lets some parked messages through, each journaled, while the rest keeps its place. */
import type { ConsumeMessage } from 'amqplib';
import type { CanarySelection } from '@/server/domain/operations/request';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import { exactProperties, publishExactly } from '../amqp/exact-messages';
import { commit } from '../amqp/transaction';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { lookAtBroker, readParked } from '../look-at-broker';
import { indexQueue } from '../moving/index-queue';
import type { Identified, MessageIdentity } from '../moving/message-identity';
import { BATCH, transactional } from '../moving/move-in-order';
import { makeOwnExchange } from '../moving/own-exchange';
import { mustHold, Pace } from '../pace';
import { commonLocks, planOf, plainly } from '../plan-base';
import type { Diversion } from './diversion';

export async function planCanary(broker: BrokerAccess, act: Diversion, which: CanarySelection): Promise<ConnectorPlan> {
  const [sight, parked] = await Promise.all([lookAtBroker(broker), readParked(broker, act.target)]);
  const hasWorkQueue = sight.topology.queues.some((queue) => queue.vhost === act.vhost && queue.name === act.workQueue);
  return planOf({
    steps: [`Take ${wordsOf(which)} out of ${act.target} and send them to "${act.workQueue}", through an exchange of ours that leads to this one queue.`],
    receivers: [act.workQueue],
    guarantee: { delivery: 'exactly-once', order: 'Those that go keep their order among each other; they overtake what stays parked before them.', survivesRestart: 'What is not sent yet stays parked.', inFlight: 'At most 200 at once.' },
    willNot: ['What stays parked keeps its order.', 'No other queue receives anything.'],
    warnings: which.by === 'count' ? [] : ['Whose messages they are is read from each by the contract; those that do not say stay parked.'],
    locks: [
      ...commonLocks(broker.source, sight, ['management', 'policymaker', 'monitoring', 'administrator']),
      ...(hasWorkQueue ? [] : [{ code: 'no-destination', sentence: `Queue "${act.workQueue}" does not exist any more.` }]),
      ...(parked === null ? [{ code: 'park-queue-gone', sentence: `Our queue ${act.target} does not exist any more.` }] : []),
    ],
    waiting: parked?.ready == null ? null : String(parked.ready), undo: 'Messages that were sent cannot be called back; the hold stays in place for all others.',
    estimatedSeconds: 2, topology: plainly({ workQueue: hasWorkQueue }), action: plainly({ kind: 'canary', diversion: act }),
  });
}

export async function canary(broker: BrokerAccess, run: LeverRun, act: Diversion, which: CanarySelection, identity: MessageIdentity, perSecond: number | null = null): Promise<LeverResult> {
  const { target, workQueue, names } = act;
  const connection = await broker.amqp();
  if ((await connection.look(workQueue)) === null) throw new LeverError(`Queue "${workQueue}" does not exist any more. Nothing was sent.`);
  await makeOwnExchange(broker, run, { out: names.out, back: `${names.out}.back`, queue: workQueue, returnTo: target });
  const former = await run.journal.open();
  const undecided = new Set(former.filter(({ state }) => state === 'sending').map(({ itemKey }) => itemKey));
  const alreadySent = new Set(former.filter(({ state }) => state === 'sent').map(({ itemKey }) => itemKey));

  const wanted = atMostOf(which);
  const stillThere = new Map<string, { message: ConsumeMessage; identified: Identified }>();
  const chosen = new Map<string, { message: ConsumeMessage; identified: Identified }>();
  let room = wanted - alreadySent.size;
  // What a former life was sending is either still parked, and then it was not sent, or it is not: all must be looked at.
  const index = await indexQueue(broker, run, target, transactional, (message) => {
    const identified = identity.ofMessage(message);
    const { itemKey } = identified;
    if (undecided.has(itemKey) && !stillThere.has(itemKey)) stillThere.set(itemKey, { message, identified });
    else if (chosen.size < room && fits(which, identified) && !chosen.has(itemKey) && !alreadySent.has(itemKey)) chosen.set(itemKey, { message, identified });
    return undecided.size > 0 || chosen.size < room;
  }, which.by === 'count' && undecided.size === 0 ? Math.max(room, 1) : undefined);
  try {
    const arrived = [...undecided].filter((itemKey) => !stillThere.has(itemKey));
    await run.journal.sent(arrived);
    await run.journal.notSent([...stillThere.keys()]);
    let sent = alreadySent.size + arrived.length;
    room = wanted - sent;
    // Those of a former life first: they come before the others in the queue, too.
    const going = [...stillThere.values(), ...chosen.values()].slice(0, Math.max(0, room));
    const pace = new Pace(perSecond, run);
    const size = Math.min(BATCH, pace.batch);
    for (let at = 0; at < going.length; at += size) {
      const batch = going.slice(at, at + size);
      if (!(await pace.take(batch.length))) return { sentence: `Stopped after ${sent} messages.`, moved: sent, possibleDuplicates: 0, complete: false };
      sent += await send(batch);
      run.progress({ sentence: `Sent ${sent} of ${wanted}`, moved: sent });
    }
    return {
      sentence: sent === 0 ? 'No parked message fits; none was sent.' : `Sent ${sent} of the parked messages on to "${workQueue}"${sent < wanted ? `; no more fit` : ''}.`,
      moved: sent, possibleDuplicates: 0, complete: true,
    };
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
      publishExactly(index.channel, { exchange: names.out, routingKey: message.fields.routingKey }, exactProperties(message), message.content);
      index.channel.ack(message);
    }
    await commit(index.channel);
    await run.journal.sent(sending.map(({ identified }) => identified.itemKey));
    return sending.length;
  }
}

function atMostOf(which: CanarySelection): number {
  return which.by === 'count' ? which.count : which.atMost;
}

function fits(which: CanarySelection, { mapped }: Identified): boolean {
  switch (which.by) {
    case 'count': return true;
    case 'payer': return mapped.payerId === which.payer;
    case 'facility': return mapped.facilityId === which.facility;
  }
}

function wordsOf(which: CanarySelection): string {
  switch (which.by) {
    case 'count': return which.count === 1 ? 'the oldest parked message' : `the ${which.count} oldest parked messages`;
    case 'payer': return `the oldest parked messages of payer ${which.payer}, at most ${which.atMost},`;
    case 'facility': return `the oldest parked messages of facility ${which.facility}, at most ${which.atMost},`;
  }
}
