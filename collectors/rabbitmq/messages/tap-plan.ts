/** Which exchanges are tapped, with which bindings, and which are not and why: from the contracts in force and the wiring. */
import { channelId, type QueueChannel } from '@/server/domain/contracts/channel';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { isDiversion } from '../own-names';
import type { BrokerBinding, BrokerTopology } from '../topology';
import { planDeadLetters, type DeadLetterRoute } from './dead-letter-plan';
import { bindingIdentity, boundRules, copiesToEveryBinding, type BindingRule } from './routing';
import { isTapQueue, tapQueueName, type TapPurpose } from './tap-queue';

/** A channel of a contract and the bindings by which it gets its share of the exchange. */
export interface TapRoute {
  channelId: string;
  rules: readonly BindingRule[];
}

export interface PlannedTap {
  purpose: TapPurpose;
  vhost: string;
  exchange: string;
  exchangeType: string;
  /** Our own queue. */
  queue: string;
  /** What our queue should be bound with, each once. */
  rules: readonly BindingRule[];
  routes: readonly TapRoute[];
  /** Queues whose dead letters pass here; empty for the purpose `messages`. */
  deadLetters: readonly DeadLetterRoute[];
}

/** `refused`: not tapped, and that stays so. `waiting`: tapped as soon as it can be. `limit`: counts only, by nature. */
export interface TapNote {
  kind: 'refused' | 'waiting' | 'limit';
  sentence: string;
}

export interface TapPlan {
  taps: PlannedTap[];
  notes: TapNote[];
}

/** What a channel asks for, before channels with the same exchange are put together. */
export interface WantedTap {
  purpose: TapPurpose;
  vhost: string;
  exchange: string;
  rules: readonly BindingRule[];
  route: TapRoute;
  deadLetter: DeadLetterRoute | null;
}

/** @param vhosts those to look at; empty: all */
export function planTaps(source: { id: string; installation: string; vhosts: readonly string[] }, flows: readonly FlowContract[], topology: BrokerTopology): TapPlan {
  const notes = new Map<string, TapNote>();
  const note = (kind: TapNote['kind'], sentence: string) => notes.set(sentence, { kind, sentence });
  const taps = new Map<string, PlannedTap>();

  const add = ({ purpose, vhost, exchange: name, rules, route, deadLetter }: WantedTap) => {
    const exchange = topology.exchanges.find((candidate) => candidate.vhost === vhost && candidate.name === name);
    const where = `Exchange "${name}" of virtual host "${vhost}"`;
    if (name.startsWith('amq.rabbitmq.')) return note('refused', `${where} belongs to the broker itself and is not tapped.`);
    if (!exchange) return note('waiting', `${where} does not exist; it is tapped once it does.`);
    if (!copiesToEveryBinding(exchange.type)) return note('refused', `${where} is of type ${exchange.type}, where a tap could take messages from their queues: not tapped.`);
    if (exchange.alternateExchange !== null && !isDiversion(exchange.alternateExchange)) {
      return note('refused', `${where} has the alternate exchange "${exchange.alternateExchange}", which a tap would starve: a tapped message counts as routed. Not tapped.`);
    }
    if (rules.length === 0) return note('waiting', `${where}: no binding keys are known for ${route.channelId}; name them in the contract (channel.keys) or bind the queue.`);
    const queue = tapQueueName({ installation: source.installation, sourceId: source.id }, purpose, vhost, name);
    const tap = taps.get(queue);
    taps.set(queue, {
      purpose, vhost, exchange: name, exchangeType: exchange.type, queue,
      rules: unique([...(tap?.rules ?? []), ...rules]),
      routes: [...(tap?.routes ?? []), route],
      deadLetters: [...(tap?.deadLetters ?? []), ...(deadLetter ? [deadLetter] : [])],
    });
  };

  for (const channel of queueChannels(source, flows)) {
    if (channel.exchange === undefined || channel.exchange === '') {
      note('limit', `Queue "${channel.name}" of virtual host "${channel.vhost}": the contract names no exchange, so its messages are not seen; depth and rates are.`);
    } else {
      const rules = rulesOf(channel, channel.exchange, topology);
      add({ purpose: 'messages', vhost: channel.vhost, exchange: channel.exchange, rules, route: { channelId: channelId(channel), rules }, deadLetter: null });
    }
    const planned = planDeadLetters(channel, topology);
    if (planned === null) continue;
    if ('limit' in planned) note('limit', planned.limit);
    else add(planned);
  }
  return { taps: [...taps.values()], notes: [...notes.values()] };
}

/** The queues of this source that contracts in force name, each once. */
function queueChannels({ id, vhosts }: { id: string; vhosts: readonly string[] }, flows: readonly FlowContract[]): QueueChannel[] {
  const channels = new Map<string, QueueChannel>();
  for (const { channel } of flows.flatMap(({ spec }) => spec.path)) {
    if (channel.kind !== 'queue' || channel.source !== id || (vhosts.length > 0 && !vhosts.includes(channel.vhost))) continue;
    const known = channels.get(channelId(channel));
    channels.set(channelId(channel), known ? joined(known, channel) : channel);
  }
  return [...channels.values()];
}

/** Two flows may share a queue and name different keys of it. */
function joined(a: QueueChannel, b: QueueChannel): QueueChannel {
  const keys = a.keys && b.keys ? [...new Set([...a.keys, ...b.keys])] : (a.keys ?? b.keys);
  return { ...a, exchange: a.exchange ?? b.exchange, keys, deadLetter: a.deadLetter ?? b.deadLetter };
}

function rulesOf(channel: QueueChannel, exchange: string, topology: BrokerTopology): BindingRule[] {
  const found = topology.exchanges.find(({ vhost, name }) => vhost === channel.vhost && name === exchange);
  if (found?.type === 'fanout') return [{ key: '', args: {} }];
  if (found?.type !== 'headers' && channel.keys) return channel.keys.map((key) => ({ key, args: {} }));
  return unique([...boundRules(topology, channel.vhost, exchange, channel.name), ...divertedRules(topology.bindings, channel.vhost, exchange)]);
}

/**
 * While a hold of ours diverts the queue's messages, its bindings stand at the exchange that gets them, or at that of a reroute over it.
 * Told by bindings alone, which one request lists: policies are listed by another one, and what is diverted in between would have no keys.
 */
function divertedRules(bindings: readonly BrokerBinding[], vhost: string, exchange: string): BindingRule[] {
  const here = bindings.filter((binding) => binding.vhost === vhost && binding.source === exchange);
  const diversions = new Set(here.filter(({ destinationType, destination }) => destinationType === 'exchange' && isDiversion(destination) && destination !== exchange).map(({ destination }) => destination));
  return [...diversions].flatMap((name) => [
    ...bindings.filter(({ vhost: inVhost, source, destinationType, destination }) => inVhost === vhost && source === name && destinationType === 'queue' && !isTapQueue(destination))
      .map(({ routingKey, arguments: args }) => ({ key: routingKey, args })),
    ...divertedRules(bindings.filter(({ source }) => source !== exchange), vhost, name),
  ]);
}

function unique(rules: readonly BindingRule[]): BindingRule[] {
  return [...new Map(rules.map((rule) => [bindingIdentity(rule), rule])).values()];
}
