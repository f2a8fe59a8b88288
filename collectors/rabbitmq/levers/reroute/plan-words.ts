/** What the plan of a reroute says: by itself, and over a hold. Pure. */
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { HoldInPlace } from '@/collectors/runtime/operations/levers';
import type { QueueNow } from '../look-at-broker';
import type { Diversion } from '../park/diversion';
import { fitsIntoMemory, MOST_MB } from '../moving/held-in-memory';
import type { Rerouting } from './rerouting';

interface PlanParts extends Pick<ConnectorPlan, 'steps' | 'willNot' | 'warnings' | 'undo' | 'estimatedSeconds'> {
  order: string;
  inFlight: string;
  waiting: NonNullable<Rerouting['over']>['waiting'];
}

const EACH_ORDER = 'Each queue keeps the order in which messages enter it.';
const PER_SECOND = 2_000;

/** @param over a hold that keeps what is in the queue; parking is told by `overParts` */
export function aloneParts(act: Diversion, over: HoldInPlace | null): PlanParts {
  const { workQueue, exchange, target, names } = act;
  const keys = keysOf(act);
  return {
    steps: [
      `Declare the exchange ${names.exchange} and bind "${target}" to it with ${keys}.`,
      `Set the policy ${names.exchange}: exchange "${exchange}" gets ${names.exchange} as its alternate.`,
      `Take the bindings ${keys} of queue "${workQueue}" off exchange "${exchange}". From that instant on, new messages go to "${target}".`,
    ],
    order: EACH_ORDER,
    inFlight: over === null ? `What is in "${workQueue}" already stays there and is worked off there.` : `What is in "${workQueue}" already stays held there.`,
    willNot: [`No message that is already in "${workQueue}" is moved.`], warnings: [],
    undo: 'Restore binds the queue again and takes the policy away.', estimatedSeconds: 2, waiting: 'stays',
  };
}

/** @param act from the hold's exchange and queue @param now of the hold's queue */
export function overParts(act: Diversion, held: Diversion, now: Pick<QueueNow, 'ready' | 'bytes'>, perSecond: number | null): PlanParts {
  const { target, names } = act;
  const keys = keysOf(act);
  const { ready } = now;
  const waiting = fitsIntoMemory(now) ? 'goes' as const : 'stays' as const;
  const some = act.bindings.length < held.bindings.length;
  const rate = perSecond === null ? '' : `, ${perSecond} per second`;
  return {
    steps: [
      ...(waiting === 'stays' ? [] : [`Send those of the ${ready ?? 'parked'} messages in ${held.target} that have ${keys} on to "${target}", oldest first${rate}, through an exchange of ours that leads to this one queue.`]),
      `Declare the exchange ${names.exchange} and bind "${target}" to it with ${keys}.`,
      `Set the policy ${names.exchange}: the hold's exchange ${held.names.exchange} gets ${names.exchange} as its alternate.`,
      `Take the bindings ${keys} of ${held.target} off ${held.names.exchange}. From that instant on, new messages of these go to "${target}".`,
      ...(waiting === 'stays' ? [] : ['Send on what was parked in the meantime.']),
    ],
    order: waiting === 'stays' ? EACH_ORDER : `Messages that waited keep their order. At the switch, those that were parked in the second or so before it may arrive after the first that go straight to "${target}".`,
    inFlight: 'At most 200 messages are in one transaction.',
    willNot: [
      some ? `Messages with other keys stay held in ${held.target}, what waits and what comes; the hold stays as it is.` : 'The hold stays as it is, and keeps what fits no key of the reroute.',
      `Nothing reaches "${held.workQueue}".`,
    ],
    warnings: [
      ...(waiting === 'goes' ? [] : [`What waits already stays held: the messages in ${held.target} are more than the ${MOST_MB} MB that can be looked through at once. Only new ones go to "${target}".`]),
      ...(perSecond === null || waiting === 'stays' ? [] : [`Should more of them come in than ${perSecond} per second, it goes on until you stop it, and new ones are parked until then.`]),
    ],
    undo: `Restore binds ${held.target} again: new messages are held with the others then.`,
    estimatedSeconds: ready === null ? null : Math.ceil(ready / (perSecond ?? PER_SECOND)) + 3,
    waiting,
  };
}

/** The same lock, where the exchange that it is about is the hold's. */
export function overHold(lock: PlanLock): PlanLock {
  switch (lock.code) {
    case 'alternate-exchange': return { code: lock.code, sentence: 'The exchange had an alternate exchange by a policy when it was held, and the hold keeps that for what nothing takes, so nothing can be led on from it. Release the hold first; a reroute by itself is possible.' };
    case 'no-destination': return { code: 'park-queue-gone', sentence: 'What the hold keeps messages in does not exist any more: somebody deleted it. Wait until the hold is put back, or release it.' };
    default: return lock;
  }
}

function keysOf({ bindings }: Diversion): string {
  return bindings.map(({ key }) => `"${key}"`).join(', ');
}
