/** One look at a whole broker: a handful of requests, however many queues there are. */
import { ManagementError } from '../management/management-error';
import { apiPath, type ManagementClient } from '../management/management-client';
import { readBrokerState, readOverview, type BrokerState, type Overview } from './broker-state';
import { listQueues, type QueueFigures, type QueueList, type Statistics } from './queue-figures';

export interface BrokerLook {
  overview: Overview;
  state: BrokerState;
  queues: QueueFigures[];
  /** False: queues came and went while the list was read, so one that is not in it may exist. */
  isComplete: boolean;
  /** Virtual hosts that could not be looked at, with the reason. */
  unseen: ReadonlyMap<string, string>;
}

/** With more, the list of all virtual hosts in one sequence costs less than one sequence for each. */
const MAX_SINGLE_VHOSTS = 4;

/**
 * @param vhosts those to look at; empty: all that the user may see
 * @param expected virtual hosts with a queue that a contract names
 * @throws ManagementError when nothing could be seen
 */
export async function lookAtBroker(client: ManagementClient, vhosts: readonly string[], expected: ReadonlySet<string>, signal: AbortSignal): Promise<BrokerLook> {
  const overview = await readOverview(client, signal);
  const [state, list] = await Promise.all([
    readBrokerState(client, overview.statistics, signal),
    vhosts.length > 0 && vhosts.length <= MAX_SINGLE_VHOSTS
      ? listSingleVhosts(client, vhosts, overview.statistics, signal)
      : listAllVhosts(client, vhosts, expected, overview.statistics, signal),
  ]);
  return { overview, state, ...list };
}

type ListOfVhosts = QueueList & { unseen: Map<string, string> };

async function listSingleVhosts(client: ManagementClient, vhosts: readonly string[], statistics: Statistics, signal: AbortSignal): Promise<ListOfVhosts> {
  const unseen = new Map<string, string>();
  const lists = await Promise.all(vhosts.map(async (vhost): Promise<QueueList> => {
    try {
      return await listQueues(client, vhost, statistics, signal);
    } catch (error) {
      unseen.set(vhost, unseenReason(error, vhost));
      return { queues: [], isComplete: true };
    }
  }));
  return { queues: lists.flatMap(({ queues }) => queues), isComplete: lists.every(({ isComplete }) => isComplete), unseen };
}

async function listAllVhosts(client: ManagementClient, vhosts: readonly string[], expected: ReadonlySet<string>, statistics: Statistics, signal: AbortSignal): Promise<ListOfVhosts> {
  const all = await listQueues(client, null, statistics, signal);
  const wanted = new Set(vhosts);
  const queues = wanted.size === 0 ? all.queues : all.queues.filter(({ vhost }) => wanted.has(vhost));
  // The list leaves out what the user may not see without a word, so a virtual host without any queue is asked for by name.
  const withQueues = new Set(queues.map(({ vhost }) => vhost));
  const unseen = new Map<string, string>();
  for (const vhost of expected) {
    if (withQueues.has(vhost) || (wanted.size > 0 && !wanted.has(vhost))) continue;
    try {
      await client.get(apiPath`queues/${vhost}` + '?page=1&page_size=1&columns=name', `the queues of virtual host ${vhost}`, signal);
    } catch (error) {
      unseen.set(vhost, unseenReason(error, vhost));
    }
  }
  return { queues, isComplete: all.isComplete, unseen };
}

/** @throws the error, unless it is about this virtual host only */
function unseenReason(error: unknown, vhost: string): string {
  if (!(error instanceof ManagementError)) throw error;
  if (error.problem === 'not-found') return `There is no virtual host ${vhost} on this broker. Correct the contract or the source's virtual hosts, or create it.`;
  if (error.problem === 'forbidden') return error.message;
  throw error;
}
