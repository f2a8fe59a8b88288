/** What the management API says of one queue, as figures. */
import { count, record, rows, text, textOrNull, whole, type Json } from '../management/json-values';
import { apiPath, type ManagementClient } from '../management/management-client';
import { listPages } from '../management/list-pages';

export interface QueueFigures {
  vhost: string;
  name: string;
  /** `classic`, `quorum`, `stream`; empty when the broker does not say. */
  type: string;
  state: string;
  ready: bigint | null;
  unacked: bigint | null;
  consumers: number | null;
  bytes: bigint | null;
  /** The publisher's timestamp of the message at the head, Unix milliseconds; only classic queues tell it. */
  headTimestamp: number | null;
  isPriority: boolean;
  /** Work of the queue's own process so far: only ever rises while it lives. */
  reductions: bigint | null;
  totals: QueueTotals | null;
}

/** Totals since the broker's statistics of this queue began. */
export interface QueueTotals {
  entered: bigint;
  delivered: bigint;
  left: bigint;
  redelivered: bigint;
}

/** What the broker was configured to keep: everything, depth and consumers without totals, or nothing beyond depth. */
export type Statistics = 'full' | 'no-counts' | 'depth-only';

/** These and no others: the answers for 1,000 queues are 250 kB instead of 1.5 MB. */
const COLUMNS = [
  'name', 'vhost', 'type', 'state', 'messages_ready', 'messages_unacknowledged', 'consumers', 'message_bytes', 'head_message_timestamp',
  'reductions', 'arguments.x-max-priority', 'message_stats.publish', 'message_stats.deliver_get', 'message_stats.deliver_no_ack',
  'message_stats.get_no_ack', 'message_stats.ack', 'message_stats.redeliver',
];
/** Without statistics the broker counts messages only when asked. */
const DEPTH_ONLY = '&disable_stats=true&enable_queue_totals=true';

export interface QueueList {
  queues: QueueFigures[];
  isComplete: boolean;
}

/**
 * All queues, in pages of 500: two requests for 1,000 queues.
 *
 * @param vhost null: of every virtual host that the user may see
 * @throws ManagementError
 */
export async function listQueues(client: ManagementClient, vhost: string | null, statistics: Statistics, signal: AbortSignal): Promise<QueueList> {
  const { items, isComplete } = await listPages(client, {
    path: vhost === null ? 'queues' : apiPath`queues/${vhost}`,
    columns: COLUMNS,
    query: statistics === 'depth-only' ? DEPTH_ONLY : '',
    what: vhost === null ? 'the queues' : `the queues of virtual host ${vhost}`,
  }, signal);
  return { queues: items.map((item) => queueFigures(item, statistics)), isComplete };
}

export function queueFigures(row: Json, statistics: Statistics): QueueFigures {
  const type = text(row['type']);
  const seconds = whole(row['head_message_timestamp']);
  return {
    vhost: text(row['vhost']),
    name: text(row['name']),
    type,
    state: text(row['state']),
    ready: count(row['messages_ready']),
    unacked: count(row['messages_unacknowledged']),
    consumers: whole(row['consumers']),
    bytes: count(row['message_bytes']),
    headTimestamp: seconds === null ? null : seconds * 1000,
    isPriority: record(row['arguments'])['x-max-priority'] !== undefined,
    reductions: count(row['reductions']),
    totals: statistics === 'full' ? totalsOf(row['message_stats']) : null,
  };
}

/**
 * RabbitMQ leaves out the statistics of a queue without traffic, and within them what never happened: with statistics on,
 * absent is 0. `ack` counts acknowledgements only; what is delivered without asking for one has left at that moment.
 */
function totalsOf(stats: unknown): QueueTotals {
  const of = record(stats);
  const total = (key: string) => count(of[key]) ?? 0n;
  return {
    entered: total('publish'),
    delivered: total('deliver_get'),
    left: total('ack') + total('deliver_no_ack') + total('get_no_ack'),
    redelivered: total('redeliver'),
  };
}

/** Names of the virtual hosts that the user may see. @throws ManagementError */
export async function listVhosts(client: ManagementClient, signal: AbortSignal): Promise<string[]> {
  const { body } = await client.get('vhosts?columns=name', 'the virtual hosts', signal);
  return rows(body).flatMap((row) => textOrNull(row['name']) ?? []);
}
