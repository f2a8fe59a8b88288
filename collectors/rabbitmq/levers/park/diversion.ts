/**
 * Leads the messages of one queue elsewhere without losing or doubling any: an exchange of ours gets what the exchange does not
 * route, by a policy of ours, and then the queue's bindings are taken off. From one publish to the next the message goes to
 * the other queue instead. Parking and rerouting both work like this.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import { z } from 'zod';
import { apiPath } from '../../management/management-client';
import { ManagementError } from '../../management/management-error';
import { bindingIdentity, bindingsMeet, type BindingRule } from '../../messages/routing';
import { isTapQueue } from '../../messages/tap-queue';
import { isDiversion } from '../../own-names';
import { rulesBesideDiversion, rulesOnDiversion } from '../../messages/diverted-keys';
import { readBindingsFrom } from '../../read-topology';
import type { BrokerBinding } from '../../topology';
import { exactPattern } from '../../shell-text';
import { waitFor } from '../wait-for';
import type { BrokerAccess } from '../broker-access';
import { LeverError } from '../lever-problem';
import { mustHold } from '../pace';
import type { LeverRun } from '@/collectors/runtime/operations/levers';

const removedBinding = z.object({ key: z.string(), args: z.record(z.string(), z.json()) });
const policy = z.object({ priority: z.number().int(), definition: z.record(z.string(), z.json()) });

export const diversion = z.object({
  vhost: z.string(), exchange: z.string(), exchangeType: z.string(), workQueue: z.string(),
  /** Of the work queue on the exchange: taken off, and put back at the end. */
  bindings: z.array(removedBinding).min(1),
  names: z.object({ exchange: z.string(), queue: z.string().nullable(), out: z.string(), queuePolicy: z.string() }),
  /** Which queue gets the messages meanwhile. */
  target: z.string(),
  /** Of a queue of ours; null where the target belongs to the business. */
  targetType: z.enum(['classic', 'quorum']).nullable(),
  /** By a policy that was in force: still gets what nothing takes. */
  formerAlternate: z.string().nullable(),
  policy,
  queuePolicy: policy.nullable(),
});
export type Diversion = z.infer<typeof diversion>;

/** At most, on a machine that has far too much to do. */
const PUBLISH_TAKES_MS = 500;

type Holding = Pick<LeverRun, 'isHeld' | 'signal'>;

/** Everything in it is desired state: a second call finishes what the first began. */
export async function divert(broker: BrokerAccess, run: Holding, act: Diversion): Promise<void> {
  const { vhost, exchange, exchangeType, names } = act;
  const connection = await broker.amqp();
  const channel = await connection.channel();
  const step = <T>(doIt: (on: Channel) => Promise<T>) => {
    mustHold(run);
    return doIt(channel);
  };
  if (act.targetType !== null) {
    mustHold(run);
    if (act.queuePolicy) await putPolicy(broker, names.queuePolicy, { pattern: act.target, applyTo: 'queues', ...act.queuePolicy });
    await step((on) => on.assertQueue(act.target, { durable: true, arguments: { 'x-queue-type': act.targetType } }));
  }
  await step((on) => on.assertExchange(names.exchange, exchangeType, { durable: true, ...(act.formerAlternate === null ? {} : { alternateExchange: act.formerAlternate }) }));
  const own = await keysNotLedOn(broker, act);
  for (const { key, args } of own) await step((on) => on.bindQueue(act.target, names.exchange, key, args));
  const marker = markerOf(act);
  if (marker) await step((on) => on.bindExchange(names.exchange, exchange, marker.key, marker.args));
  await moveTaps(broker, run, act, { bind: own, over: own.length < act.bindings.length ? await diversionOver(broker, act) : null });
  mustHold(run);
  await putPolicy(broker, names.exchange, { pattern: exchange, applyTo: 'exchanges', ...act.policy });
  await waitFor(broker.signal, async () => await policyInForce(broker, exchange) === names.exchange,
    () => new LeverError(`The broker does not put the policy ${names.exchange} in force for exchange "${exchange}". Another policy may have come in between: make a new plan.`));
  await letPublishesPass(broker);
  await moveTaps(broker, run, act, 'unbind');
  for (const { key, args } of act.bindings) await step((on) => on.unbindQueue(act.workQueue, exchange, key, args));
  // A tap that looked just before may have bound itself once more: then it would be the only route.
  await moveTaps(broker, run, act, 'unbind');
  if ((await readBindingsFrom(broker.read, vhost, exchange, broker.signal)).some((binding) => leadsTo(binding, act.workQueue) && meetsAny(act, ruleOf(binding)))) {
    throw new LeverError(`Queue "${act.workQueue}" was bound to exchange "${exchange}" again by somebody else. Make a new plan.`);
  }
}

/** Puts the bindings back; from here on new messages go to the work queue again, and nothing to ours. */
export async function undivert(broker: BrokerAccess, run: Holding, act: Diversion): Promise<void> {
  const { exchange } = act;
  const connection = await broker.amqp();
  for (const { key, args } of act.bindings) {
    mustHold(run);
    await connection.once((channel) => channel.bindQueue(act.workQueue, exchange, key, args));
  }
  await tapsBack(broker, run, act);
  await letPublishesPass(broker);
  await removeDiversion(broker, run, act);
}

/**
 * A publish looks up its exchange, with the alternate of that moment, then the bindings, then the alternate (`rabbit_channel`,
 * `rabbit_exchange:route`). One that is between two of these while both change finds neither way and is lost in silence. It takes
 * microseconds, but for a scheduler of the broker that the system does not let run: so there is time between the two changes.
 */
async function letPublishesPass({ signal }: BrokerAccess): Promise<void> {
  await pause(PUBLISH_TAKES_MS, undefined, { signal });
}

/** Takes our policy and our exchange away; whatever still fits them is led nowhere by us any more. */
export async function removeDiversion(broker: BrokerAccess, run: Holding, { vhost, exchange, names }: Diversion): Promise<void> {
  mustHold(run);
  await broker.write.delete(apiPath`policies/${vhost}/${names.exchange}`, 'the policy of the hold', broker.signal);
  await waitFor(broker.signal, async () => await policyInForce(broker, exchange) !== names.exchange, () => new LeverError(`The broker does not take the policy ${names.exchange} out of force.`));
  mustHold(run);
  await (await broker.amqp()).once((channel) => channel.deleteExchange(names.exchange));
}

/** Whether the exchange or the queue that messages are led away from is gone: a hold of ours that lay below. @throws ManagementError */
export async function isGroundGone(broker: BrokerAccess, { exchange, workQueue }: Diversion): Promise<boolean> {
  const connection = await broker.amqp();
  return (await connection.look(workQueue)) === null || !(await hasExchange(broker, exchange));
}

/** @throws ManagementError */
export async function hasExchange(broker: BrokerAccess, exchange: string): Promise<boolean> {
  return (await listExchanges(broker)).some(({ name }) => name === exchange);
}

/** How many of the work queue's bindings are off. */
export async function missingBindings(broker: BrokerAccess, { vhost, exchange, workQueue, bindings }: Diversion): Promise<number> {
  const there = new Set((await readBindingsFrom(broker.read, vhost, exchange, broker.signal)).filter(({ destination }) => destination === workQueue)
    .map(({ routingKey, arguments: args }) => bindingIdentity({ key: routingKey, args })));
  return bindings.filter((rule) => !there.has(bindingIdentity(rule))).length;
}

/**
 * How many of the diverted keys lead to the other queue no more, nor further on by a diversion that lies over this one; all of them
 * where our exchange is gone. @throws ManagementError
 */
export async function missingOnTarget(broker: BrokerAccess, act: Diversion): Promise<number> {
  const led = await bindingsFromOurs(broker, act.vhost, act.names.exchange);
  // Where a reroute over it leads nothing on any more, all that is missing may be its own: that is judged with the reroute.
  const over = diversionIn(led);
  if (over !== null && (await businessKeysOf(broker, act.vhost, over)).size === 0) return 0;
  const own = await keysNotLedOn(broker, act);
  const there = new Set(led.filter((binding) => leadsTo(binding, act.target)).map((binding) => bindingIdentity(ruleOf(binding))));
  return own.filter((rule) => !there.has(bindingIdentity(rule))).length;
}

/** Those of its keys that no other diversion of ours leads on from our exchange: a reroute that lies over a hold. @throws ManagementError */
async function keysNotLedOn(broker: BrokerAccess, { vhost, names, bindings }: Diversion): Promise<Diversion['bindings']> {
  const over = await diversionOver(broker, { vhost, names });
  if (over === null) return bindings;
  const on = await businessKeysOf(broker, vhost, over);
  return bindings.filter((rule) => !on.has(bindingIdentity(rule)));
}

/** With which an exchange of ours leads to queues, taps aside. @throws ManagementError */
async function businessKeysOf(broker: BrokerAccess, vhost: string, exchange: string): Promise<Set<string>> {
  const leading = (await bindingsFromOurs(broker, vhost, exchange)).filter((binding) => binding.destinationType === 'queue' && !isTapBinding(binding));
  return new Set(leading.map((binding) => bindingIdentity(ruleOf(binding))));
}

/** None where the exchange is gone. @throws ManagementError */
async function bindingsFromOurs({ read, signal }: BrokerAccess, vhost: string, exchange: string): Promise<BrokerBinding[]> {
  return readBindingsFrom(read, vhost, exchange, signal).catch((error: unknown) => {
    if (error instanceof ManagementError && error.problem === 'not-found') return [];
    throw error;
  });
}

/** What lies over a diversion, by the name of its exchange; null: nothing. @throws ManagementError */
export async function diversionOver(broker: BrokerAccess, { vhost, names }: Pick<Diversion, 'vhost' | 'names'>): Promise<string | null> {
  const over = await policyInForce(broker, names.exchange);
  return over !== null && isDiversion(over) ? over : diversionIn(await bindingsFromOurs(broker, vhost, names.exchange));
}

/** The exchange of ours that another one is marked with: there as long as it is, also when somebody took its policy away. */
function diversionIn(bindings: readonly BrokerBinding[]): string | null {
  return bindings.find(({ destinationType, destination }) => destinationType === 'exchange' && isDiversion(destination))?.destination ?? null;
}

/** Takes back whatever of it is in place, also a half of it. */
export async function undoDiversion(broker: BrokerAccess, run: Holding, act: Diversion): Promise<void> {
  if ((await isDiverted(broker, act)) || (await missingBindings(broker, act)) > 0) return undivert(broker, run, act);
  const connection = await broker.amqp();
  mustHold(run);
  await connection.once((channel) => channel.deleteExchange(act.names.exchange));
}

/** Whether messages are led there now. */
export async function isDiverted(broker: BrokerAccess, act: Diversion): Promise<boolean> {
  return await policyInForce(broker, act.exchange) === act.names.exchange;
}

/** Name of the policy in force on an exchange; null: none, or no such exchange. @throws ManagementError */
async function policyInForce(broker: BrokerAccess, exchange: string): Promise<string | null> {
  const found = (await listExchanges(broker)).find(({ name }) => name === exchange)?.policy;
  return typeof found === 'string' && found !== '' ? found : null;
}

async function listExchanges({ read, vhost, signal }: BrokerAccess): Promise<{ name?: unknown; policy?: unknown }[]> {
  const { body } = await read.get(`${apiPath`exchanges/${vhost}`}?columns=name,policy&disable_stats=true`, 'the exchanges', signal);
  return Array.isArray(body) ? (body as { name?: unknown; policy?: unknown }[]) : [];
}

/**
 * Tells taps, who read the bindings of the exchange anew at each look, that some keys are diverted and where to. Fits no
 * message. A fanout has no keys, so none can be told there; but then nothing is left on it that a tap would bind beside.
 */
function markerOf({ exchangeType, names }: Diversion): BindingRule | null {
  switch (exchangeType) {
    case 'fanout': return null;
    case 'headers': return { key: '', args: { 'x-match': 'all', 'signalbox-marker': names.exchange } };
    default: return { key: names.exchange, args: {} };
  }
}

/**
 * Taps listen for the diverted keys at our exchange from now on (`bind`: those that it leads to its queue; the others at the exchange of
 * the reroute `over` it, or the tap would be their only route here), and no more at the other (`unbind`).
 */
async function moveTaps(broker: BrokerAccess, run: Holding, act: Diversion, part: { bind: Diversion['bindings']; over: string | null } | 'unbind'): Promise<void> {
  const connection = await broker.amqp();
  const bindings = await readBindingsFrom(broker.read, act.vhost, act.exchange, broker.signal);
  const isTaken = (binding: BrokerBinding) => leadsTo(binding, act.workQueue) && meetsAny(act, ruleOf(binding));
  const left = bindings.filter((binding) => !isTapBinding(binding) && !isTaken(binding) && binding.destination !== act.names.exchange).map(ruleOf);
  for (const [queue, rules] of byTap(bindings)) {
    const touched = rules.filter((one) => meetsAny(act, one));
    if (touched.length === 0) continue;
    if (part !== 'unbind') {
      const own = new Set(part.bind.map(bindingIdentity));
      const ledOn = act.bindings.filter((rule) => !own.has(bindingIdentity(rule)));
      for (const { key, args } of rulesOnDiversion(act.exchangeType, touched, part.bind)) await bindTap(queue, act.names.exchange, key, args);
      if (part.over !== null) for (const { key, args } of rulesOnDiversion(act.exchangeType, touched, ledOn)) await bindTap(queue, part.over, key, args);
      continue;
    }
    const keeps = new Set(rules.map(bindingIdentity));
    for (const narrower of rulesBesideDiversion(act.exchangeType, touched, left, act.bindings)) if (!keeps.has(bindingIdentity(narrower))) await bindTap(queue, act.exchange, narrower.key, narrower.args);
    for (const { key, args } of touched) {
      mustHold(run);
      await connection.once((channel) => channel.unbindQueue(queue, act.exchange, key, args));
    }
  }

  async function bindTap(queue: string, source: string, key: string, args: Record<string, unknown>): Promise<void> {
    mustHold(run);
    await connection.once((channel) => channel.bindQueue(queue, source, key, args));
  }
}

/** So that no copy is missed until the tap looks again. */
async function tapsBack(broker: BrokerAccess, run: Holding, act: Diversion): Promise<void> {
  const connection = await broker.amqp();
  const bindings = (await bindingsFromOurs(broker, act.vhost, act.names.exchange)).filter(isTapBinding);
  for (const { destination, routingKey, arguments: args } of bindings) {
    mustHold(run);
    await connection.once((channel) => channel.bindQueue(destination, act.exchange, routingKey, args));
  }
}

function byTap(bindings: readonly BrokerBinding[]): Map<string, BindingRule[]> {
  const taps = new Map<string, BindingRule[]>();
  for (const binding of bindings.filter(isTapBinding)) taps.set(binding.destination, [...(taps.get(binding.destination) ?? []), ruleOf(binding)]);
  return taps;
}

const isTapBinding = ({ destinationType, destination }: BrokerBinding) => destinationType === 'queue' && isTapQueue(destination);
const leadsTo = ({ destinationType, destination }: BrokerBinding, queue: string) => destinationType === 'queue' && destination === queue;
const ruleOf = ({ routingKey, arguments: args }: BrokerBinding): BindingRule => ({ key: routingKey, args });
const meetsAny = ({ exchangeType, bindings }: Diversion, one: BindingRule) => bindings.some((other) => bindingsMeet(exchangeType, other, one));

async function putPolicy({ write, vhost, signal }: BrokerAccess, name: string, { pattern, applyTo, priority, definition }: { pattern: string; applyTo: 'queues' | 'exchanges'; priority: number; definition: object }): Promise<void> {
  await write.put(apiPath`policies/${vhost}/${name}`, { pattern: `^${exactPattern(pattern)}$`, 'apply-to': applyTo, priority, definition }, `the policies of virtual host ${vhost}`, signal);
}
