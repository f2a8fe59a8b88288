/** The broker as a whole: its nodes, alarms, blocked connections, and what it counts. */
import { record, rows, text, whole, type Json } from '../management/json-values';
import type { ManagementClient } from '../management/management-client';
import { ManagementError } from '../management/management-error';
import { listPages } from '../management/list-pages';
import type { Statistics } from './queue-figures';

export interface Overview {
  product: string;
  version: string;
  statistics: Statistics;
  /** Time that the answer took. */
  latencyMs: number;
  clockDifferenceMs: number | null;
}

/** The HTTP date has whole seconds, so a difference is only told where it cannot be rounding and travel. */
const TELLABLE_CLOCK_DIFFERENCE_MS = 2000;

/** @throws ManagementError, also when what answers is no RabbitMQ */
export async function readOverview(client: ManagementClient, signal: AbortSignal): Promise<Overview> {
  const { body, date, sentAt, receivedAt } = await client.get('overview', 'the overview', signal);
  const overview = record(body);
  const version = text(overview['rabbitmq_version']);
  if (version === '') throw new ManagementError('not-management', `${client.address} answers, but not as RabbitMQ's management API does. Check the address with its path.`);
  return {
    product: text(overview['product_name']) || 'RabbitMQ',
    version,
    statistics: statisticsOf(overview),
    latencyMs: Math.max(0, receivedAt - sentAt),
    clockDifferenceMs: date === null ? null : clockDifference(date, sentAt, receivedAt),
  };
}

/** With `rates_mode = none` depth is told as always, but nothing is counted. */
function statisticsOf(overview: Json): Statistics {
  if (overview['disable_stats'] === true) return 'depth-only';
  return overview['rates_mode'] === 'none' ? 'no-counts' : 'full';
}

/** The broker's clock minus ours in milliseconds; 0 where the difference is within what an HTTP date can tell. */
export function clockDifference(date: number, sentAt: number, receivedAt: number): number {
  const difference = Math.round(date + 500 - (sentAt + receivedAt) / 2);
  return Math.abs(difference) > TELLABLE_CLOCK_DIFFERENCE_MS ? difference : 0;
}

export interface BrokerNode {
  name: string;
  isRunning: boolean;
  /** Nodes that it has lost sight of. */
  partitions: string[];
  processId: string;
  uptimeMs: number | null;
}

export interface BrokerState {
  /** Null: the user may not see nodes (it lacks the tag monitoring). */
  nodes: BrokerNode[] | null;
  /** `memory:<node>`, `disk:<node>`. Null: they could not be asked for. */
  alarms: string[] | null;
  /** Null: not known. */
  blockedConnections: number | null;
}

/** @throws ManagementError */
export async function readBrokerState(client: ManagementClient, statistics: Statistics, signal: AbortSignal): Promise<BrokerState> {
  const nodes = await unlessForbidden(readNodes(client, signal));
  // Without statistics, or without the right to see nodes, the flags are absent; the health check tells alarms to anybody.
  const hasFlags = nodes !== null && statistics !== 'depth-only';
  const alarms = hasFlags ? alarmsOf(nodes) : await readAlarmCheck(client, signal);
  return { nodes: nodes?.map(nodeOf) ?? null, alarms, blockedConnections: await blockedConnections(client, { alarms, canSee: hasFlags }, signal) };
}

async function readNodes(client: ManagementClient, signal: AbortSignal): Promise<Json[]> {
  const { body } = await client.get('nodes?columns=name,running,mem_alarm,disk_free_alarm,partitions,os_pid,uptime', 'the nodes', signal);
  return rows(body);
}

function alarmsOf(nodes: readonly Json[]): string[] {
  return nodes.flatMap((node) => {
    const name = text(node['name']);
    return [...(node['mem_alarm'] === true ? [`memory:${name}`] : []), ...(node['disk_free_alarm'] === true ? [`disk:${name}`] : [])];
  }).sort();
}

function nodeOf(node: Json): BrokerNode {
  const partitions = Array.isArray(node['partitions']) ? node['partitions'].filter((peer) => typeof peer === 'string') : [];
  return { name: text(node['name']), isRunning: node['running'] === true, partitions, processId: text(node['os_pid']), uptimeMs: whole(node['uptime']) };
}

/** Answers 503 with the alarms while there are any. Brokers before 3.8.10 do not have it: then null. */
async function readAlarmCheck(client: ManagementClient, signal: AbortSignal): Promise<string[] | null> {
  try {
    const { body, status } = await client.get('health/checks/alarms', 'the alarms', signal, [503]);
    if (status === 200) return [];
    // It writes `disk space` for what the nodes call disk.
    return rows(record(body)['alarms']).map((alarm) => `${text(alarm['resource']).replace(/^disk.*/, 'disk')}:${text(alarm['node'])}`).sort();
  } catch (error) {
    if (error instanceof ManagementError && (error.problem === 'forbidden' || error.problem === 'not-found')) return null;
    throw error;
  }
}

/** Nothing but an alarm blocks a connection, so connections are only looked at while there is one. */
async function blockedConnections(client: ManagementClient, { alarms, canSee }: { alarms: readonly string[] | null; canSee: boolean }, signal: AbortSignal): Promise<number | null> {
  if (alarms === null) return null;
  if (alarms.length === 0) return 0;
  if (!canSee) return null;
  const { items } = await listPages(client, { path: 'connections', columns: ['state'], what: 'the connections' }, signal);
  return items.filter(({ state }) => state === 'blocked').length;
}

async function unlessForbidden<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ManagementError && error.problem === 'forbidden') return null;
    throw error;
  }
}
