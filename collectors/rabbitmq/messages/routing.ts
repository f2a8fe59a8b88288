/** How exchanges route: which bindings a message fits, and whether a binding of ours has a business queue beside it. */
import { routingKeyFits, topicPatternsMeet } from '@/server/domain/contracts/topic-pattern';
import type { BrokerBinding, BrokerTopology } from '../topology';
import { isOurs } from '../own-names';

/** What a binding says: its key, and for headers exchanges its arguments. */
export interface BindingRule {
  key: string;
  args: Record<string, unknown>;
}

/** Types whose bindings copy. A bound tap would take messages away from others on consistent-hash or random exchanges. */
const COPYING_TYPES = ['direct', 'fanout', 'topic', 'headers'];

export function copiesToEveryBinding(exchangeType: string): boolean {
  return COPYING_TYPES.includes(exchangeType);
}

/** Two bindings are the same when key and arguments are. */
export function bindingIdentity({ key, args }: BindingRule): string {
  return JSON.stringify([key, Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Whether an exchange of this type routes a message to a binding.
 *
 * @param keys the routing key and those of a `CC` header
 */
export function bindingTakes(type: string, rule: BindingRule, keys: readonly string[], headers: Readonly<Record<string, unknown>>): boolean {
  switch (type) {
    case 'fanout': return true;
    case 'direct': return keys.includes(rule.key);
    case 'topic': {
      const pattern = words(rule.key);
      return keys.some((key) => routingKeyFits(pattern, words(key)));
    }
    case 'headers': return headersFit(rule.args, headers);
    default: return false;
  }
}

/** Whether some message can reach both bindings. */
export function bindingsMeet(type: string, a: BindingRule, b: BindingRule): boolean {
  switch (type) {
    case 'fanout': return true;
    case 'direct': return a.key === b.key;
    case 'topic': return topicPatternsMeet(words(a.key), words(b.key));
    case 'headers': return bindingIdentity({ key: '', args: a.args }) === bindingIdentity({ key: '', args: b.args });
    default: return false;
  }
}

/** The bindings that a queue has on an exchange. */
export function boundRules(topology: BrokerTopology, vhost: string, exchange: string, queue: string): BindingRule[] {
  return topology.bindings
    .filter((binding) => binding.vhost === vhost && binding.source === exchange && binding.destinationType === 'queue' && binding.destination === queue)
    .map(({ routingKey, arguments: args }) => ({ key: routingKey, args }));
}

/** The bindings through which messages reach a queue of the business, directly or through other exchanges. */
export function businessBindings(bindings: readonly BrokerBinding[], topology: BrokerTopology): BrokerBinding[] {
  return bindings.filter((binding) => leadsToBusiness(binding, topology, new Set()));
}

function leadsToBusiness({ vhost, destination, destinationType }: BrokerBinding, topology: BrokerTopology, seen: Set<string>): boolean {
  if (destinationType === 'queue') return !isOurs(destination);
  // Our own exchanges get only what is diverted on purpose.
  if (isOurs(destination) || seen.has(destination)) return false;
  seen.add(destination);
  return topology.bindings.some((next) => next.vhost === vhost && next.source === destination && leadsToBusiness(next, topology, seen));
}

/** The broker counts no words in an empty key. */
function words(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/** `x-match` all (the default) or any; `-with-x` also looks at headers that begin with `x-`. An empty value asks only for presence. */
function headersFit(args: Record<string, unknown>, headers: Readonly<Record<string, unknown>>): boolean {
  const match = typeof args['x-match'] === 'string' ? args['x-match'] : 'all';
  const rules = Object.entries(args).filter(([name]) => name !== 'x-match' && (match.endsWith('-with-x') || !name.startsWith('x-')));
  const fits = ([name, value]: [string, unknown]) => Object.hasOwn(headers, name) && (value === null || value === '' || headers[name] === value);
  return match.startsWith('any') ? rules.some(fits) : rules.every(fits);
}
