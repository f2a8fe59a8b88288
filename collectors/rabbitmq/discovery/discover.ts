/** Looks at a whole broker once: its topology, and drafts for what has no contract. Reads only. */
import type { ConnectedSource, ContractsInForce } from '@/collectors/runtime/taps/connector';
import type { Discovery } from '@/server/domain/sources/discovery';
import { ManagementClient } from '../management/management-client';
import { readTopology } from '../read-topology';
import { draftSet } from './draft-set';
import { readConsumers, readPublishers, readQueueFacts } from './participants';
import { Wiring, nameKey, type QueueRole } from './queue-roles';
import { graphOf, roleOf, type FoundBroker, type Graph } from './topology-graph';

const TIMEOUT_MS = 30_000;
const MAX_NODES = 5_000;

/** @throws Error with a sentence for people */
export async function discoverBroker(source: ConnectedSource<'rabbitmq'>, contracts: ContractsInForce, signal: AbortSignal): Promise<Discovery> {
  const client = new ManagementClient({ settings: source.settings, credentials: source.observe, timeoutMs: TIMEOUT_MS });
  try {
    const { vhosts } = source.settings;
    const topology = await readTopology(client, vhosts, signal);
    const facts = await readQueueFacts(client, vhosts, signal);
    const consumers = await readConsumers(client, signal);
    const publishers = await readPublishers(client, topology.exchanges.filter(({ name }) => name !== '' && !name.startsWith('amq.')), signal);
    const consumed = new Set(facts.filter(({ consumers: count }) => count !== null && count > 0).map(({ vhost, name }) => nameKey(vhost, name)));
    const found: FoundBroker = { sourceId: source.id, wiring: new Wiring(topology, consumed), facts: new Map(facts.map((fact) => [nameKey(fact.vhost, fact.name), fact])), consumers, publishers };
    const { drafts, notes } = await draftSet(source, found, contracts.flows);
    const graph = graphOf(found, contracts.flows);
    return { ...bounded(graph), drafts, notes: [...leftOut(found), ...notes, ...(graph.nodes.length > MAX_NODES ? [`${graph.nodes.length} nodes were found; the first ${MAX_NODES} are shown.`] : [])] };
  } finally {
    client.close();
  }
}

function bounded({ nodes, edges }: Graph): Graph {
  if (nodes.length <= MAX_NODES) return { nodes, edges };
  const kept = nodes.slice(0, MAX_NODES);
  const ids = new Set(kept.map(({ id }) => id));
  return { nodes: kept, edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

const LEFT_OUT: readonly [QueueRole, (count: string) => string][] = [
  ['own', (count) => `${count} of Signalbox's own taps left out.`],
  ['generated', (count) => `${count} with a name made by the broker left out: they belong to single clients.`],
  ['temporary', (count) => `${count} left out that vanish with their client (exclusive or auto-delete).`],
  ['retry', (count) => `${count} without a draft: messages wait there for another try, and belong to the flow they return to.`],
  ['dead-letter', (count) => `${count} without a draft: they take dead letters of other queues.`],
];

function leftOut(found: FoundBroker): string[] {
  const roles = found.wiring.topology.queues.map((queue) => roleOf(queue, found));
  const notes = LEFT_OUT.flatMap(([role, sentence]) => {
    const count = roles.filter((one) => one === role).length;
    return count === 0 ? [] : [sentence(count === 1 ? '1 queue' : `${count} queues`)];
  });
  return [
    ...notes,
    'The broker\'s own exchanges (amq.*) are left out where nothing is bound to them.',
    ...(found.consumers === null ? ['Consumers are not told: the broker keeps no statistics, or the user lacks the tag monitoring.'] : []),
    ...(found.publishers === null ? ['Who publishes is not told by this broker (management.rates_mode is not detailed).'] : []),
  ];
}
