/** Whether the messages of a queue can be led elsewhere in one step, and what that changes; pure. */
import type { PlanLock } from '@/server/domain/operations/plan';
import type { QueueChannel } from '@/server/domain/contracts/channel';
import { bindingsMeet, copiesToEveryBinding, type BindingRule } from '../../messages/routing';
import { isDiversion, isOurs, type DiversionNames } from '../../own-names';
import type { BrokerBinding, BrokerQueue } from '../../topology';
import { fittingPolicies, type BrokerSight, type Policy } from '../look-at-broker';
import { plainly } from '../plan-base';
import type { Diversion } from './diversion';

export interface DiversionPlan {
  locks: PlanLock[];
  /** Null while it is locked for want of something to divert. */
  diversion: Diversion | null;
  /** Ways by which messages still reach the work queue, as sentences. */
  stillArrives: string[];
  /** What must still be so when it is carried out. */
  topology: Record<string, unknown>;
}

/**
 * @param exchangeArguments of the publishing exchange
 * @param target queue of the business that gets the messages; null: a queue of ours
 * @param chosen which bindings of the work queue; null: all
 */
export function planDiversion(sight: BrokerSight, channel: QueueChannel, { names, exchangeArguments, target, chosen }: {
  names: DiversionNames; exchangeArguments: Record<string, unknown>; target: string | null; chosen: ((rule: BindingRule) => boolean) | null;
}): DiversionPlan {
  const { vhost, name: workQueue, exchange } = channel;
  const { topology: { exchanges, queues, bindings } } = sight;
  const locks: PlanLock[] = [];
  const lock = (code: string, sentence: string) => locks.push({ code, sentence });
  const none = { locks, diversion: null, stillArrives: [], topology: {} };
  const queue = queues.find((one) => one.vhost === vhost && one.name === workQueue);
  if (!queue) return lock('no-destination', `Queue "${workQueue}" does not exist in virtual host "${vhost}".`), none;
  if (exchange === undefined || exchange === '') {
    lock('default-exchange', `The contract names no exchange for queue "${workQueue}". Messages that are sent straight to a queue, through the default exchange, cannot be led elsewhere: name the exchange in the contract, or stop the consumers.`);
    return none;
  }
  const source = exchanges.find((one) => one.vhost === vhost && one.name === exchange);
  if (!source) return lock('no-destination', `Exchange "${exchange}" does not exist in virtual host "${vhost}".`), none;
  const fromHere = bindings.filter((one) => one.vhost === vhost && one.source === exchange);
  const own = fromHere.filter((one) => one.destinationType === 'queue' && one.destination === workQueue);
  const taken = own.filter((one) => chosen === null || chosen(ruleOf(one)));
  if (own.length === 0) lock('not-bound', `Queue "${workQueue}" is not bound to exchange "${exchange}" itself, so there is no binding to take off.`);
  else if (taken.length === 0) lock('keys-do-not-tell', `No binding of queue "${workQueue}" stands for these messages alone, so they cannot be led elsewhere by bindings.`);

  if (!copiesToEveryBinding(source.type)) lock('exchange-type', `Exchange "${exchange}" is of type ${source.type}, where messages of one queue cannot be told from those of others.`);
  if (typeof exchangeArguments['alternate-exchange'] === 'string') {
    lock('alternate-exchange', `Exchange "${exchange}" was declared with the alternate exchange "${exchangeArguments['alternate-exchange']}", which no policy outranks. Stop the consumers instead, or declare it anew with a policy in its place.`);
  }
  if (source.alternateExchange !== null && isDiversion(source.alternateExchange) && source.alternateExchange !== names.exchange) {
    lock('other-hold', `Another hold or reroute (${source.alternateExchange}) already diverts messages of exchange "${exchange}". Release that one first.`);
  }
  const others = fromHere.filter((one) => !taken.includes(one) && (one.destination === workQueue || !isOurs(one.destination)) && taken.some((mine) => mayMeet(source.type, ruleOf(mine), ruleOf(one))));
  if (others.length > 0) {
    lock('other-route', `Messages for queue "${workQueue}" also go to ${namesOf(others)}: a message that another queue takes counts as routed, and would be lost for this one. Stop the consumers instead.`);
  }
  const operator = fittingPolicies(sight.operatorPolicies, 'queues', names.queue ?? '').find(({ definition }) => LIMITING.some((key) => Object.hasOwn(definition, key)));
  if (names.queue !== null && operator) lock('operator-policy', `The operator policy "${operator.name}" limits every queue that fits it, ours too, and would drop parked messages. Keep names that begin with "signalbox." out of its pattern.`);

  const inForce = fittingPolicies(sight.policies, 'exchanges', exchange).filter(({ name }) => name !== names.exchange);
  const topology = {
    exchange: { type: source.type, alternate: source.alternateExchange === names.exchange ? null : source.alternateExchange, policies: inForce.map(plainPolicy) },
    bindings: taken.map(bindingText).sort(), others: others.map(bindingText).sort(), queueType: queue.type,
  };
  if (taken.length === 0) return { ...none, topology };
  const targetType = target === null ? (queue.type === 'quorum' ? 'quorum' as const : 'classic' as const) : null;
  return {
    locks, topology,
    stillArrives: waysIn(sight, queue, exchange),
    diversion: {
      vhost, exchange, exchangeType: source.type, workQueue, names: { ...names, queue: names.queue },
      bindings: taken.map(({ routingKey, arguments: args }) => ({ key: routingKey, args: plainly(args) as Diversion['bindings'][number]['args'] })),
      target: target ?? names.queue ?? '', targetType,
      formerAlternate: inForce[0] ? alternateOf(inForce[0]) : null,
      policy: { priority: above(inForce), definition: { ...(plainly(inForce[0]?.definition ?? {}) as object), 'alternate-exchange': names.exchange } },
      queuePolicy: targetType === null ? null : ownQueuePolicy(sight, names.queue ?? '', targetType),
    },
  };
}

/** What a policy of the broker would do to a queue of ours, too, if it fits its name. */
const LIMITING = ['message-ttl', 'expires', 'max-length', 'max-length-bytes', 'delivery-limit'];

/** Outranks every policy that fits our queue, with a definition that limits nothing. */
function ownQueuePolicy(sight: BrokerSight, name: string, type: 'classic' | 'quorum'): NonNullable<Diversion['queuePolicy']> {
  const fitting = fittingPolicies(sight.policies, 'queues', name).filter((policy) => policy.name !== `${name}.queue`);
  // A queue that is taken from and put back counts each delivery; brokers from 4.0 on limit that by themselves.
  return { priority: above(fitting), definition: type === 'quorum' ? { 'delivery-limit': 1_000_000 } : { 'queue-mode': 'lazy' } };
}

const above = (policies: readonly Policy[]) => Math.max(0, ...policies.map(({ priority }) => priority)) + 1;
const ruleOf = ({ routingKey, arguments: args }: BrokerBinding): BindingRule => ({ key: routingKey, args });
const bindingText = ({ destination, routingKey, arguments: args }: BrokerBinding) => JSON.stringify([destination, routingKey, Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
const plainPolicy = ({ name, priority, definition }: Policy) => ({ name, priority, definition });

function alternateOf({ definition }: Policy): string | null {
  return typeof definition['alternate-exchange'] === 'string' ? definition['alternate-exchange'] : null;
}

/** Like `bindingsMeet`, but where two bindings of a headers exchange are not plainly apart, they meet. */
export function mayMeet(type: string, a: BindingRule, b: BindingRule): boolean {
  if (type !== 'headers') return bindingsMeet(type, a, b);
  const isAll = ({ args }: BindingRule) => args['x-match'] === undefined || args['x-match'] === 'all';
  if (!isAll(a) || !isAll(b)) return true;
  return !Object.entries(a.args).some(([name, value]) => !name.startsWith('x-') && typeof value === 'string' && value !== '' && typeof b.args[name] === 'string' && b.args[name] !== '' && b.args[name] !== value);
}

function waysIn({ topology: { bindings, queues } }: BrokerSight, { vhost, name }: BrokerQueue, exchange: string): string[] {
  const others = bindings.filter((one) => one.vhost === vhost && one.destinationType === 'queue' && one.destination === name && one.source !== exchange && one.source !== '' && !isOurs(one.source));
  const returning = queues.filter((one) => one.vhost === vhost && one.deadLetterExchange === '' && (one.deadLetterRoutingKey ?? one.name) === name);
  return [
    ...[...new Set(others.map(({ source }) => source))].map((source) => `Exchange "${source}" still leads messages to "${name}", e.g. for another try.`),
    ...returning.map((queue) => `Queue "${queue.name}" still returns messages to "${name}" when their time there is over.`),
    `Whoever publishes straight to "${name}", through the default exchange, still reaches it.`,
  ];
}

function namesOf(bindings: readonly BrokerBinding[]): string {
  return [...new Set(bindings.map(({ destinationType, destination }) => `${destinationType} "${destination}"`))].slice(0, 5).join(', ');
}
