/** Who uses a broker at this moment: its queues' figures, consumers, and publishers where the broker tells them. */
import { record, rows, text, whole, type Json } from '../management/json-values';
import { listPages } from '../management/list-pages';
import { apiPath, type ManagementClient } from '../management/management-client';
import { ManagementError } from '../management/management-error';
import type { BrokerExchange } from '../topology';

export interface QueueFacts {
  vhost: string;
  name: string;
  state: string;
  messages: number | null;
  consumers: number | null;
  /** Belongs to one connection, or is deleted with its last consumer. */
  isTemporary: boolean;
}

/** A broker user that takes from a queue or publishes to an exchange: the closest that a broker knows to an application. */
export interface Participant {
  vhost: string;
  /** Queue or exchange. */
  name: string;
  user: string;
}

/** Exchanges asked for publishers one by one; only brokers with `rates_mode = detailed` answer. */
const MAX_EXCHANGES = 50;

/** @param vhosts empty: all that the user may see @throws ManagementError */
export async function readQueueFacts(client: ManagementClient, vhosts: readonly string[], signal: AbortSignal): Promise<QueueFacts[]> {
  const facts: QueueFacts[] = [];
  for (const path of vhosts.length === 0 ? ['queues'] : vhosts.map((vhost) => apiPath`queues/${vhost}`)) {
    const { items } = await listPages(client, { path, columns: ['name', 'vhost', 'state', 'exclusive', 'auto_delete', 'messages', 'consumers'], what: 'the queues' }, signal);
    facts.push(...items.map(queueFacts));
  }
  return facts;
}

/** Null where the broker does not tell them. @throws ManagementError */
export async function readConsumers(client: ManagementClient, signal: AbortSignal): Promise<Participant[] | null> {
  try {
    const { body } = await client.get('consumers?columns=queue.name,queue.vhost,channel_details.user', 'the consumers', signal);
    return distinct(rows(body).map((row) => {
      const queue = record(row['queue']);
      return { vhost: text(queue['vhost']), name: text(queue['name']), user: text(record(row['channel_details'])['user']) };
    }));
  } catch (error) {
    // Without statistics the broker has no list of consumers.
    if (error instanceof ManagementError && (error.problem === 'broker-error' || error.problem === 'forbidden')) return null;
    throw error;
  }
}

/** Null where the broker does not tell them. @throws ManagementError */
export async function readPublishers(client: ManagementClient, exchanges: readonly Pick<BrokerExchange, 'vhost' | 'name'>[], signal: AbortSignal): Promise<Participant[] | null> {
  const { body: overview } = await client.get('overview?columns=rates_mode', 'the overview', signal);
  if (record(overview)['rates_mode'] !== 'detailed') return null;
  const found: Participant[] = [];
  for (const { vhost, name } of exchanges.slice(0, MAX_EXCHANGES)) {
    const { body } = await client.get(`${apiPath`exchanges/${vhost}/${name}`}?columns=incoming.channel_details.user`, `exchange ${name}`, signal);
    found.push(...rows(record(body)['incoming']).map((row) => ({ vhost, name, user: text(record(row['channel_details'])['user']) })));
  }
  return distinct(found);
}

function queueFacts(row: Json): QueueFacts {
  return {
    vhost: text(row['vhost']), name: text(row['name']), state: text(row['state']), messages: whole(row['messages']), consumers: whole(row['consumers']),
    isTemporary: row['exclusive'] === true || row['auto_delete'] === true,
  };
}

function distinct(participants: readonly Participant[]): Participant[] {
  const known = participants.filter(({ user }) => user !== '');
  return [...new Map(known.map((one) => [JSON.stringify([one.vhost, one.name, one.user]), one])).values()];
}
