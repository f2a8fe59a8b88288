/** The plan of a reroute: the messages of a queue, or of one payer or facility, go to the queue of an alternate instead. */
import { requireSelector } from '@/server/domain/contracts/selector';
import type { Enrolled } from '@/server/domain/operations/enrolment';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { LeverContext, LeverRequest, LeverTarget } from '@/collectors/runtime/operations/levers';
import type { BindingRule } from '../../messages/routing';
import { rerouteNames } from '../../own-names';
import type { BrokerAccess } from '../broker-access';
import { lookAtBroker, readParked, readQueueNow } from '../look-at-broker';
import { planDiversion } from '../park/diversion-plan';
import { diversionCommands } from '../park/native-commands';
import { parkAction, readExchangeArguments } from '../park/park-plan';
import { limitLocks } from '../moving/queue-limits';
import { countingOf } from './counting';
import { aloneParts, overHold, overParts } from './plan-words';
import type { Rerouting } from './rerouting';
import { commonLocks, lockedPlan, plainly, planOf, queueOf } from '../plan-base';

export type RerouteRequest = Extract<LeverRequest, { kind: 'reroute' }>;

export async function planReroute(broker: BrokerAccess, target: LeverTarget, request: RerouteRequest, context: LeverContext): Promise<ConnectorPlan> {
  const channel = queueOf(target);
  const alternate = target.flow.spec.reroute?.alternates?.find(({ id }) => id === request.alternate);
  if (!alternate) return lockedPlan({ code: 'no-alternate', sentence: `The contract names no alternate "${request.alternate}".` });
  const other = alternate.channel;
  if (other.kind !== 'queue' || other.source !== channel.source || other.vhost !== channel.vhost) {
    return lockedPlan({ code: 'other-technology', sentence: `The alternate "${request.alternate}" is no queue of the same virtual host, and bindings lead to no other place. Park the messages and send them there by the application's own means.` });
  }
  const only = chooserOf(target, request, context);
  if (only !== null && 'problem' in only) return lockedPlan({ code: 'keys-do-not-tell', sentence: only.problem });

  const names = rerouteNames(request.holdId);
  const held = request.over?.method === 'park' ? parkAction(request.over.action) : null;
  // Over a parking, messages are led on from its exchange; its queue stands where the work queue stood.
  const from = held === null ? channel : { ...channel, exchange: held.names.exchange, name: held.target };
  const [sight, now, exchangeArguments, there, parked] = await Promise.all([
    lookAtBroker(broker), readQueueNow(broker, from.name), readExchangeArguments(broker, from.exchange ?? ''), readQueueNow(broker, other.name), held === null ? null : readParked(broker, from.name),
  ]);
  const ready = held === null ? now?.ready ?? null : parked?.ready ?? null;
  const planned = planDiversion(sight, from, { names, exchangeArguments, target: other.name, chosen: only === null ? null : only.chosen });
  const locks = [
    ...commonLocks(broker.source, sight, ['policymaker', 'administrator']), ...planned.locks.map((lock) => (held === null ? lock : overHold(lock))),
    ...(there ? [] : [{ code: 'no-destination', sentence: `Queue "${other.name}" of the alternate does not exist in virtual host "${channel.vhost}".` }]),
  ];
  if (planned.diversion === null) return lockedPlan(...locks);
  const act = planned.diversion;
  if (only !== null && !['direct', 'topic'].includes(act.exchangeType)) {
    locks.push({ code: 'keys-do-not-tell', sentence: `Exchange "${(held ?? act).exchange}" is of type ${act.exchangeType} and does not route by keys, so bindings cannot tell whose a message is. ${request.enrolled ? 'The alternate takes messages of some only: park the flow instead.' : 'Reroute the whole flow, or park it.'}` });
  }
  const counting = countingOf(sight, act, held);
  const parts = held === null ? aloneParts(act, request.over ?? null) : overParts(act, held, { ready, bytes: now?.bytes ?? null }, request.perSecond ?? null);
  const { waiting } = parts;
  const goesTo = sight.topology.queues.find(({ vhost, name }) => vhost === channel.vhost && name === other.name);
  const limits = limitLocks(held !== null && waiting === 'goes' ? goesTo : undefined, { going: ready, ready: there?.ready ?? null, perSecond: request.perSecond ?? null });
  return planOf({
    steps: parts.steps, receivers: [other.name],
    guarantee: { delivery: 'exactly-once', order: parts.order, survivesRestart: 'Yes: bindings and policies are kept by the broker.', inFlight: parts.inFlight },
    willNot: [...parts.willNot, `What "${other.name}" has received stays there at the end; the list of what it received says which.`],
    warnings: [
      ...limits.warnings, ...parts.warnings, ...(held === null ? planned.stillArrives : []), ...(there?.consumers === 0 ? [`Nobody consumes from "${other.name}" now: what goes there waits.`] : []),
      ...(counting.whyNot === '' ? [] : [counting.whyNot]), `The message tap still counts rerouted messages as messages of "${channel.name}".`,
    ],
    locks: [...locks, ...limits.locks], waiting: ready === null ? null : String(ready), ...(request.over && waiting === 'stays' ? { goesAlong: '0' } : {}), unsettled: held !== null || now?.unacked == null ? null : String(now.unacked),
    nativeCommands: diversionCommands(act), undo: parts.undo, estimatedSeconds: parts.estimatedSeconds,
    topology: plainly({ ...planned.topology, alternate: other.name, over: request.over?.id ?? null }),
    action: plainly({ kind: 'reroute', diversion: act, counting: counting.basis, over: held === null ? null : { diversion: held, waiting } } satisfies Rerouting),
  });
}

const DIMENSIONS = { payer: 'payerId', facility: 'facilityId' } as const;
type Dimension = keyof typeof DIMENSIONS;

/**
 * Which bindings stand for one payer or facility alone: only where the contract reads it from the routing key first. Of an alternate
 * that takes some only, those of somebody who is not enrolled are never chosen. Null: all of them.
 */
function chooserOf(target: LeverTarget, { only, enrolled = null }: RerouteRequest, context: LeverContext): { chosen: (rule: BindingRule) => boolean } | { problem: string } | null {
  if (only === null && enrolled === null) return null;
  const named = new Set([only ?? {}, ...(enrolled ?? [])].flatMap((whose) => (Object.keys(DIMENSIONS) as Dimension[]).filter((name) => whose[name] !== undefined)));
  const readers = new Map<Dimension, (rule: BindingRule) => string | null>();
  for (const name of named) {
    const reader = readerOf(target, name, context);
    if (reader === null) {
      return { problem: `The contract does not read ${name} from the routing key first (fields.${name}.from: key:N), so bindings cannot tell whose a message is. ${enrolled === null ? 'Reroute the whole flow, or park it.' : 'The alternate takes messages of some only: park the flow instead.'}` };
    }
    readers.set(name, reader);
  }
  const fits = (rule: BindingRule) => (whose: Enrolled) => [...readers].every(([name, read]) => whose[name] === undefined || read(rule) === whose[name]);
  return { chosen: (rule) => named.size > 0 && (only === null || fits(rule)(only)) && (enrolled === null || enrolled.some(fits(rule))) };
}

/** Reads whose messages a binding stands for; null where it stands for several, or nobody can tell. */
function readerOf({ flow, hop }: LeverTarget, name: Dimension, context: LeverContext): ((rule: BindingRule) => string | null) | null {
  // The first selector that finds something decides: where it is the key's, no other is asked of a message with such a key.
  const [first] = (flow.spec.fields[name]?.from ?? []).map(requireSelector);
  if (first?.kind !== 'key') return null;
  const { part } = first;
  return ({ key }) => {
    const words = key.split('.');
    if (words.length < part || words.slice(0, part).includes('#') || words[part - 1] === '*') return null;
    const facts = { header: () => undefined, column: () => undefined, body: () => undefined, routingKey: key };
    return context.contracts().mapper.map({ flow, hop }, facts, null)[DIMENSIONS[name]];
  };
}
