/** Where the dead letters of a queue pass, so that copies of them can be taken without touching them. */
import { channelId, type QueueChannel } from '@/server/domain/contracts/channel';
import { exactPattern, shellQuoted } from '../shell-text';
import type { BrokerQueue, BrokerTopology } from '../topology';
import { boundRules, type BindingRule } from './routing';
import type { WantedTap } from './tap-plan';

export interface DeadLetterRoute {
  vhost: string;
  /** Where it failed. */
  originQueue: string;
  originChannelId: string;
  /** Where it lies then. */
  deadLetterChannelId: string;
}

/** @returns what to tap; or why only counts are possible, in words; null when the contract names no dead-letter queue */
export function planDeadLetters(channel: QueueChannel, topology: BrokerTopology): WantedTap | { limit: string } | null {
  const { vhost, source, name, deadLetter } = channel;
  if (!deadLetter) return null;
  const queue = topology.queues.find((candidate) => candidate.vhost === vhost && candidate.name === name);
  const exchange = deadLetter.exchange ?? queue?.deadLetterExchange ?? null;
  if (exchange === '') return { limit: defaultExchangeLimit(channel, deadLetter.queue, queue) };
  if (exchange === null) {
    return { limit: queue
      ? `Queue "${name}" of virtual host "${vhost}" has no dead-letter exchange: what it rejects is thrown away by the broker, and nothing can be shown of it.`
      : `Queue "${name}" of virtual host "${vhost}" does not exist, and the contract names no dead-letter exchange: its dead letters are not seen.` };
  }
  const deadLetterChannelId = channelId({ source, kind: 'queue', vhost, name: deadLetter.queue });
  const rules = rulesOf(channel, exchange, deadLetter.queue, queue, topology);
  return {
    purpose: 'dead-letters', vhost, exchange, rules, route: { channelId: deadLetterChannelId, rules },
    deadLetter: { vhost, originQueue: name, originChannelId: channelId(channel), deadLetterChannelId },
  };
}

/** The bindings of the dead-letter queue itself; where it has none yet, what its queue's dead letters would carry. */
function rulesOf(channel: QueueChannel, exchange: string, deadLetterQueue: string, queue: BrokerQueue | undefined, topology: BrokerTopology): BindingRule[] {
  const bound = boundRules(topology, channel.vhost, exchange, deadLetterQueue);
  if (bound.length > 0) return bound;
  const rule = (key: string): BindingRule => ({ key, args: {} });
  const ownKey = queue?.deadLetterRoutingKey ?? null;
  switch (topology.exchanges.find(({ vhost, name }) => vhost === channel.vhost && name === exchange)?.type) {
    case 'fanout': return [rule('')];
    case 'topic': return [rule(ownKey ?? '#')];
    case 'direct': return ownKey === null ? (channel.keys ?? []).map(rule) : [rule(ownKey)];
    default: return [];
  }
}

/** Dead letters through the default exchange pass no place where a copy could be taken. */
function defaultExchangeLimit({ vhost, name }: QueueChannel, deadLetterQueue: string, queue: BrokerQueue | undefined): string {
  const definition = JSON.stringify({ 'dead-letter-exchange': `${name}.dlx`, 'dead-letter-routing-key': deadLetterQueue });
  const policy = `rabbitmqctl set_policy -p ${shellQuoted(vhost)} --apply-to queues ${shellQuoted(`dlx-${name}`)} ${shellQuoted(`^${exactPattern(name)}$`)} ${shellQuoted(definition)}`;
  const isByArgument = queue !== undefined && Object.hasOwn(queue.arguments, 'x-dead-letter-exchange');
  return `Dead letters of queue "${name}" of virtual host "${vhost}" go through the default exchange, where no copy can be taken: they are counted, not shown. `
    + `To see them, declare a direct exchange "${name}.dlx", bind "${deadLetterQueue}" to it with the key "${deadLetterQueue}", and run: ${policy}`
    + (isByArgument ? ' The queue sets x-dead-letter-exchange as an argument, which wins over a policy: declare the queue anew without it first.' : '');
}
