/** What is wired to what in a broker: exchanges, bindings and queues, with the policies that are in effect. */

export interface BrokerExchange {
  vhost: string;
  /** Empty for the default exchange. */
  name: string;
  type: string;
  durable: boolean;
  internal: boolean;
  /** By argument, else by policy; null: none. */
  alternateExchange: string | null;
}

export interface BrokerQueue {
  vhost: string;
  name: string;
  /** `classic`, `quorum`, `stream`. */
  type: string;
  arguments: Record<string, unknown>;
  /** By argument, else by policy. The empty string is the default exchange; null: dead letters are thrown away. */
  deadLetterExchange: string | null;
  /** Null: the message keeps its own routing key. */
  deadLetterRoutingKey: string | null;
  /** Null: not a priority queue. */
  maxPriority: number | null;
  messageTtlMs: number | null;
  maxLength: number | null;
  /** Absent where it was not read. */
  maxLengthBytes?: number | null;
  /** `drop-head`, `reject-publish`, `reject-publish-dlx`; null: the broker's default. */
  overflow: string | null;
  deliveryLimit: number | null;
}

export interface BrokerBinding {
  vhost: string;
  source: string;
  destination: string;
  destinationType: 'queue' | 'exchange';
  routingKey: string;
  arguments: Record<string, unknown>;
  /** How the management API names the binding. */
  propertiesKey: string;
}

export interface BrokerTopology {
  exchanges: BrokerExchange[];
  queues: BrokerQueue[];
  bindings: BrokerBinding[];
}

/** The wiring as it is known now. */
export interface TopologyView {
  /** Read once a minute and whenever queues appear or vanish; null until the first reading succeeded. */
  current(): BrokerTopology | null;
  /** Asks the broker now for the bindings that leave one exchange: one request. @throws ManagementError */
  bindingsFrom(vhost: string, exchange: string, signal: AbortSignal): Promise<BrokerBinding[]>;
}
