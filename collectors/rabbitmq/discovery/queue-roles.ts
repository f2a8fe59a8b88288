/** What each queue of a broker is for, concluded from how it is wired. */
import { bindingsMeet } from '../messages/routing';
import { isOurs } from '../own-names';
import type { BrokerBinding, BrokerQueue, BrokerTopology } from '../topology';

/** `retry`: messages wait there for their time and go back. `generated`: named by the broker for one client. */
export type QueueRole = 'work' | 'stream' | 'dead-letter' | 'retry' | 'temporary' | 'generated' | 'own';

export interface DeadLetterWiring {
  /** Empty for the default exchange. */
  exchange: string;
  /** Where dead letters end up, as far as the wiring tells. */
  queues: string[];
}

export const nameKey = (vhost: string, name: string) => `${vhost}\u0000${name}`;

/** Answers questions about the wiring without searching through it each time. */
export class Wiring {
  readonly #topology: BrokerTopology;
  readonly #consumed: ReadonlySet<string>;
  readonly #queues: ReadonlyMap<string, BrokerQueue>;
  readonly #exchangeTypes: ReadonlyMap<string, string>;
  readonly #from = new Map<string, BrokerBinding[]>();
  readonly #into = new Map<string, BrokerBinding[]>();
  readonly #deadLetters = new Map<BrokerQueue, DeadLetterWiring | null>();
  readonly #deadLetterQueues: ReadonlySet<string>;

  /** @param consumed `nameKey` of the queues that somebody consumes from now */
  constructor(topology: BrokerTopology, consumed: ReadonlySet<string>) {
    this.#topology = topology;
    this.#consumed = consumed;
    this.#queues = new Map(topology.queues.map((queue) => [nameKey(queue.vhost, queue.name), queue]));
    this.#exchangeTypes = new Map(topology.exchanges.map(({ vhost, name, type }) => [nameKey(vhost, name), type]));
    for (const binding of topology.bindings) {
      append(this.#from, nameKey(binding.vhost, binding.source), binding);
      if (binding.destinationType === 'queue') append(this.#into, nameKey(binding.vhost, binding.destination), binding);
    }
    this.#deadLetterQueues = new Set(topology.queues.filter((queue) => !this.#isRetry(queue)).flatMap((queue) => (this.deadLettersOf(queue)?.queues ?? []).map((name) => nameKey(queue.vhost, name))));
  }

  exchangeType(vhost: string, name: string): string {
    return this.#exchangeTypes.get(nameKey(vhost, name)) ?? '';
  }

  /** Bindings that lead into a queue, without the one that every queue has on the default exchange. */
  bindingsInto(vhost: string, queue: string): readonly BrokerBinding[] {
    return (this.#into.get(nameKey(vhost, queue)) ?? []).filter(({ source }) => source !== '');
  }

  /** Null: dead letters of this queue are thrown away. */
  deadLettersOf(queue: BrokerQueue): DeadLetterWiring | null {
    const known = this.#deadLetters.get(queue);
    if (known !== undefined) return known;
    const wired = this.#followDeadLetters(queue);
    this.#deadLetters.set(queue, wired);
    return wired;
  }

  #followDeadLetters(queue: BrokerQueue): DeadLetterWiring | null {
    const { vhost, deadLetterExchange: exchange } = queue;
    if (exchange === null) return null;
    if (exchange === '') {
      const target = queue.deadLetterRoutingKey;
      return { exchange, queues: target !== null && this.#queues.has(nameKey(vhost, target)) ? [target] : [] };
    }
    const keys = queue.deadLetterRoutingKey === null ? this.bindingsInto(vhost, queue.name).map(({ routingKey }) => routingKey).concat(queue.name) : [queue.deadLetterRoutingKey];
    const type = this.exchangeType(vhost, exchange);
    const reached = (this.#from.get(nameKey(vhost, exchange)) ?? []).filter((binding) => binding.destinationType === 'queue' && !isOurs(binding.destination)
      && (type === 'headers' || keys.some((key) => bindingsMeet(type, { key: binding.routingKey, args: {} }, { key, args: {} }))));
    return { exchange, queues: [...new Set(reached.map(({ destination }) => destination))] };
  }

  roleOf(queue: BrokerQueue, isTemporary: boolean): QueueRole {
    if (isOurs(queue.name)) return 'own';
    if (queue.name.startsWith('amq.')) return 'generated';
    if (isTemporary) return 'temporary';
    if (queue.type === 'stream') return 'stream';
    if (this.#isRetry(queue)) return 'retry';
    return this.#deadLetterQueues.has(nameKey(queue.vhost, queue.name)) ? 'dead-letter' : 'work';
  }

  /**
   * Messages that expire here go on to a queue that is worked on: somebody consumes from it, or it has dead letters of its
   * own, perhaps back to here. Where nobody does, it is the end of the line.
   */
  #isRetry(queue: BrokerQueue): boolean {
    if (queue.messageTtlMs === null) return false;
    return (this.deadLettersOf(queue)?.queues ?? []).some((name) => {
      const next = this.#queues.get(nameKey(queue.vhost, name));
      return next !== undefined && next.name !== queue.name && (next.deadLetterExchange !== null || this.#consumed.has(nameKey(next.vhost, next.name)));
    });
  }

  get topology(): BrokerTopology {
    return this.#topology;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
