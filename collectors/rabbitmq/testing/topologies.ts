/** Wirings for tests, without a broker. */
import type { BrokerBinding, BrokerExchange, BrokerQueue, BrokerTopology } from '../topology';

export function exchange(name: string, type = 'topic', more: Partial<BrokerExchange> = {}): BrokerExchange {
  return { vhost: '/', name, type, durable: true, internal: false, alternateExchange: null, ...more };
}

export function queue(name: string, more: Partial<BrokerQueue> = {}): BrokerQueue {
  return { vhost: '/', name, type: 'classic', arguments: {}, deadLetterExchange: null, deadLetterRoutingKey: null, maxPriority: null, messageTtlMs: null, maxLength: null, overflow: null, deliveryLimit: null, ...more };
}

export function binding(source: string, destination: string, routingKey: string, more: Partial<BrokerBinding> = {}): BrokerBinding {
  return { vhost: '/', source, destination, destinationType: 'queue', routingKey, arguments: {}, propertiesKey: routingKey === '' ? '~' : routingKey, ...more };
}

/** With the default exchange's binding of every queue, as brokers list it. */
export function topology({ exchanges = [], queues = [], bindings = [] }: Partial<BrokerTopology>): BrokerTopology {
  return { exchanges, queues, bindings: [...queues.map(({ vhost, name }) => binding('', name, name, { vhost })), ...bindings] };
}
