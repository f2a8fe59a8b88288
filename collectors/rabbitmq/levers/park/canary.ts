/** Lets some parked messages through, each journaled, while the rest keeps its place. */
import type { CanarySelection } from '@/server/domain/operations/request';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { lookAtBroker, readParked } from '../look-at-broker';
import type { Identified, MessageIdentity } from '../moving/message-identity';
import { limitLocks } from '../moving/queue-limits';
import { moveChosen } from '../moving/move-chosen';
import { makeOwnExchange } from '../moving/own-exchange';
import { commonLocks, planOf, plainly } from '../plan-base';
import type { Diversion } from './diversion';

export async function planCanary(broker: BrokerAccess, act: Diversion, which: CanarySelection): Promise<ConnectorPlan> {
  const [sight, parked, atWork] = await Promise.all([lookAtBroker(broker), readParked(broker, act.target), readParked(broker, act.workQueue)]);
  const work = sight.topology.queues.find((queue) => queue.vhost === act.vhost && queue.name === act.workQueue);
  const hasWorkQueue = work !== undefined;
  const limits = limitLocks(work, { going: atMostOf(which), ready: atWork?.ready ?? null, perSecond: null });
  return planOf({
    steps: [`Take ${wordsOf(which)} out of ${act.target} and send them to "${act.workQueue}", through an exchange of ours that leads to this one queue.`],
    receivers: [act.workQueue],
    guarantee: { delivery: 'exactly-once', order: 'Those that go keep their order among each other; they overtake what stays parked before them.', survivesRestart: 'What is not sent yet stays parked.', inFlight: 'At most 200 at once.' },
    willNot: ['What stays parked keeps its order.', 'No other queue receives anything.'],
    warnings: which.by === 'count' ? [] : ['Whose messages they are is read from each by the contract; those that do not say stay parked.'],
    locks: [
      ...commonLocks(broker.source, sight, ['management', 'policymaker', 'monitoring', 'administrator']),
      ...(hasWorkQueue ? [] : [{ code: 'no-destination', sentence: `Queue "${act.workQueue}" does not exist any more.` }]),
      ...limits.locks,
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
  const wanted = atMostOf(which);
  const { sent, isStopped } = await moveChosen(broker, run, {
    from: target, to: names.out, queue: workQueue, alike: 'stays', most: wanted, perSecond,
    choose: (message) => {
      const identified = identity.ofMessage(message);
      return fits(which, identified) ? identified : null;
    },
    ...(which.by === 'count' ? { lookAt: wanted } : {}),
    moved: (total) => run.progress({ sentence: `Sent ${total} of ${wanted}`, moved: total }),
  });
  if (isStopped) return { sentence: `Stopped after ${sent} messages.`, moved: sent, possibleDuplicates: 0, complete: false };
  return {
    sentence: sent === 0 ? 'No parked message fits; none was sent.' : `Sent ${sent} of the parked messages on to "${workQueue}"${sent < wanted ? `; no more fit` : ''}.`,
    moved: sent, possibleDuplicates: 0, complete: true,
  };
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
