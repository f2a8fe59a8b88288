/** What a plan has to know of a broker: its wiring, its policies, its alarms, and who we are there. */
import type { Json } from '../management/json-values';
import { record, rows, text, whole } from '../management/json-values';
import { apiPath } from '../management/management-client';
import { ManagementError } from '../management/management-error';
import { readBrokerUser, type BrokerUser } from '../describe/broker-user';
import { readBrokerState } from '../poll/broker-state';
import { readTopology } from '../read-topology';
import type { BrokerTopology } from '../topology';
import type { BrokerAccess } from './broker-access';

export interface Policy {
  name: string;
  /** A regular expression over names. */
  pattern: string;
  /** `queues`, `exchanges`, `all` and, on newer brokers, kinds of queues. */
  applyTo: string;
  priority: number;
  definition: Json;
}

export interface BrokerSight {
  topology: BrokerTopology;
  policies: Policy[];
  operatorPolicies: Policy[];
  alarms: string[];
  user: BrokerUser;
  /** Process ids of the nodes: others after a restart. */
  nodes: Record<string, string>;
}

/** @throws ManagementError */
export async function lookAtBroker({ read, vhost, signal }: BrokerAccess): Promise<BrokerSight> {
  const [topology, policies, operatorPolicies, state, user] = await Promise.all([
    readTopology(read, [vhost], signal),
    readPolicyList({ read, vhost, signal }, 'policies'),
    readPolicyList({ read, vhost, signal }, 'operator-policies'),
    readBrokerState(read, 'full', signal),
    readBrokerUser(read, signal),
  ]);
  return { topology, policies, operatorPolicies, user, alarms: state.alarms ?? [], nodes: Object.fromEntries((state.nodes ?? []).map(({ name, processId }) => [name, processId])) };
}

/** @throws ManagementError */
export async function readNodes({ read, signal }: Pick<BrokerAccess, 'read' | 'signal'>): Promise<Record<string, string>> {
  const { nodes } = await readBrokerState(read, 'full', signal);
  return Object.fromEntries((nodes ?? []).map(({ name, processId }) => [name, processId]));
}

async function readPolicyList({ read, vhost, signal }: Pick<BrokerAccess, 'read' | 'vhost' | 'signal'>, kind: 'policies' | 'operator-policies'): Promise<Policy[]> {
  try {
    const { body } = await read.get(`${kind}/${apiPath`${vhost}`}`, 'the policies', signal);
    return rows(body).map((row) => ({
      name: text(row['name']), pattern: text(row['pattern']), applyTo: text(row['apply-to']), priority: typeof row['priority'] === 'number' ? row['priority'] : 0,
      definition: record(row['definition']),
    }));
  } catch (error) {
    // What the operator limits is told by the queues themselves where this may not be read.
    if (kind === 'operator-policies' && error instanceof ManagementError && error.problem === 'forbidden') return [];
    throw error;
  }
}

/** The policies that fit a name, the one in force first. */
export function fittingPolicies(policies: readonly Policy[], kind: 'queues' | 'exchanges', name: string): Policy[] {
  const fits = ({ pattern, applyTo }: Policy) => {
    const isOfKind = applyTo === 'all' || applyTo === kind || (kind === 'queues' && applyTo.endsWith('queues'));
    try {
      return isOfKind && new RegExp(pattern, 'u').test(name);
    } catch {
      // A pattern of the broker's that this engine does not know may fit anything.
      return isOfKind;
    }
  };
  return policies.filter(fits).toSorted((a, b) => b.priority - a.priority);
}

export interface QueueNow {
  ready: number | null;
  unacked: number | null;
  consumers: number | null;
  bytes: number | null;
  /** Totals since the broker's statistics of this queue began; null where it keeps none. */
  totals: { published: number; left: number; redelivered: number } | null;
  /** Messages that came in per second over the last seconds; null where it keeps no rates. */
  incomingPerSecond: number | null;
}

/** By the broker's statistics, which are some seconds old; null when there is no such queue. @throws ManagementError */
export async function readQueueNow({ read, vhost, signal }: Pick<BrokerAccess, 'read' | 'vhost' | 'signal'>, queue: string): Promise<QueueNow | null> {
  try {
    const { body } = await read.get(`${apiPath`queues/${vhost}/${queue}`}?columns=messages_ready,messages_unacknowledged,consumers,message_bytes,message_stats`, `queue ${queue}`, signal);
    const row = record(body);
    const stats = record(row['message_stats']);
    const { rate } = record(stats['publish_details']);
    const total = (...names: string[]) => names.reduce((sum, name) => sum + (whole(stats[name]) ?? 0), 0);
    return {
      ready: whole(row['messages_ready']), unacked: whole(row['messages_unacknowledged']), consumers: whole(row['consumers']), bytes: whole(row['message_bytes']),
      totals: { published: total('publish'), left: total('ack', 'deliver_no_ack', 'get_no_ack'), redelivered: total('redeliver') },
      incomingPerSecond: typeof rate === 'number' ? rate : null,
    };
  } catch (error) {
    if (error instanceof ManagementError && error.problem === 'not-found') return null;
    throw error;
  }
}

/** What is parked in a queue of ours, to the message; by late statistics where the source has no credentials for levers. */
export async function readParked(broker: BrokerAccess, queue: string): Promise<Pick<QueueNow, 'ready'> | null> {
  return broker.source.levers === null ? readQueueNow(broker, queue) : (await broker.amqp()).look(queue);
}
