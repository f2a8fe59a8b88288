import type { FactName, SystemId } from '../vocabulary';
import { INTERFACES, type InterfaceTable } from './interfaces';
import type { BusinessMessage } from './message';
import { fact } from './message';
import { PAYERS } from './places';

/** The virtual host of the network on its broker. */
export const VHOST = 'meridian';

/**
 * A hand-over that runs over the message broker where there is one, and over its interface table where there is none.
 * Senders publish to a topic exchange, to which the queue is bound by `keys`.
 */
export interface WorkQueue {
  /** Null for a queue that stands by: nobody sends to it, it gets what is led there instead of to another. */
  exchange: string | null;
  keys: readonly string[];
  /** First word of the routing key, and what the messages call themselves (`type`). */
  event: string;
  /** The facts behind the event in the routing key. */
  keyFacts: readonly FactName[];
  queue: string;
  type: 'quorum' | 'classic';
  /** Whether the sender stamps messages with its time, as some clients do and others do not. */
  isStamped: boolean;
  sender: SystemId;
  receiver: SystemId;
}

/** A table with the system that its rows are brought to, and the queue instead of it. */
interface StandIn {
  table: InterfaceTable;
  destination: SystemId;
  queue: WorkQueue;
}

const QUEUES: readonly StandIn[] = [
  { table: INTERFACES.usage, destination: 'erp', queue: {
    exchange: 'inventory.events', keys: ['usage.#'], event: 'usage', keyFacts: ['facility', 'department'],
    queue: 'erp.usage', type: 'quorum', isStamped: false, sender: 'inventory', receiver: 'middleware',
  } },
  { table: INTERFACES.charge, destination: 'billing', queue: {
    exchange: 'inventory.events', keys: ['charge.#'], event: 'charge', keyFacts: ['facility', 'payer'],
    queue: 'billing.charges', type: 'classic', isStamped: true, sender: 'inventory', receiver: 'middleware',
  } },
  // One binding per payer: each can be led elsewhere by itself.
  { table: INTERFACES.claim, destination: 'clearinghouse', queue: {
    exchange: 'billing.events', keys: PAYERS.map(({ code }) => `claim.${code}.#`), event: 'claim', keyFacts: ['payer', 'facility'],
    queue: 'clearinghouse.claims', type: 'quorum', isStamped: false, sender: 'billing', receiver: 'middleware',
  } },
  { table: INTERFACES.claim, destination: 'southgate', queue: {
    exchange: null, keys: [], event: 'southgate-claim', keyFacts: ['payer', 'facility'],
    queue: 'southgate.claims', type: 'quorum', isStamped: false, sender: 'billing', receiver: 'middleware',
  } },
  { table: INTERFACES.remittance, destination: 'billing', queue: {
    exchange: 'partner.events', keys: ['remittance.#'], event: 'remittance', keyFacts: ['payer', 'facility'],
    queue: 'billing.remittances', type: 'quorum', isStamped: false, sender: 'middleware', receiver: 'billing',
  } },
];

export const WORK_QUEUES: readonly WorkQueue[] = QUEUES.map(({ queue }) => queue);

/** The queue that stands in for an interface table on a network with a broker; undefined where the table stays. */
export function queueInsteadOf(table: InterfaceTable, destination: string): WorkQueue | undefined {
  return QUEUES.find((each) => each.table === table && each.destination === destination)?.queue;
}

/** The table that stands in for a queue on a network without a broker, and where its rows go. */
export function tableInsteadOf(queue: string): Omit<StandIn, 'queue'> | undefined {
  return QUEUES.find((each) => each.queue.queue === queue);
}

/** The key by which a queue gets back what it has put aside, e.g. `usage.#`. */
export function patternOf({ event }: WorkQueue): string {
  return `${event}.#`;
}

/** The key under which a queue puts a message aside: its own first word, whichever way the message came. */
export function ownKey({ event }: WorkQueue, routingKey: string): string {
  return [event, ...routingKey.split('.').slice(1)].join('.');
}

/** The routing key of a message, e.g. `usage.MH120.7010`. */
export function routingKeyOf({ event, keyFacts }: WorkQueue, message: BusinessMessage): string {
  return [event, ...keyFacts.map((name) => fact(message, name))].join('.');
}

/** Headers by which the network's applications tell what a message is about; amounts stay in the body. */
const HEADERS: Partial<Record<FactName, string>> = {
  facility: 'facility', department: 'department', payer: 'payer', supplier: 'supplier', item: 'item',
  usageLine: 'usage-line', claim: 'claim-control-number',
};

/** The headers of a message. */
export function headersOf({ facts }: BusinessMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => {
      const header = HEADERS[name as FactName];
      return header === undefined ? [] : [[header, value]];
    }),
  );
}

/** Where messages go that are given up; the queue `<work queue>.dead` takes those of one work queue. */
export const DEAD_LETTER_EXCHANGE = 'dead-letters';

export function deadLetterQueueOf({ queue }: WorkQueue): string {
  return `${queue}.dead`;
}

/** Where a failed message waits for its next try, shortest first: an exchange each, with a waiting queue per work queue. */
export const RETRIES = [
  { exchange: 'retry.2s', delayMs: 2_000 },
  { exchange: 'retry.10s', delayMs: 10_000 },
  { exchange: 'retry.30s', delayMs: 30_000 },
] as const;

/** Brings waited messages back to their work queue, and to no other receiver of the event. */
export const REQUEUE_EXCHANGE = 'requeue';

/**
 * Notices that nobody must act on. What no queue wants goes to an alternate exchange, so nothing may be bound here that
 * only looks: it would take the notices from there.
 */
export const NOTICES = { exchange: 'inventory.notices', alternate: 'unrouted', queue: 'purchasing.stock-notices', unroutedQueue: 'unrouted', event: 'stock-low', watchedFacility: 'MH110' } as const;
