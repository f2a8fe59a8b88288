/** The topology of a broker as nodes and edges. Edges point the way that messages go. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { DiscoveredEdge, DiscoveredNode } from '@/server/domain/sources/discovery';
import { contractQueues, queueChannelId } from '../poll/contract-queues';
import type { Participant, QueueFacts } from './participants';
import { nameKey, type QueueRole, type Wiring } from './queue-roles';
import type { BrokerExchange, BrokerQueue } from '../topology';

export interface FoundBroker {
  sourceId: string;
  wiring: Wiring;
  /** By `nameKey`. */
  facts: ReadonlyMap<string, QueueFacts>;
  /** Null: the broker does not tell them. */
  consumers: readonly Participant[] | null;
  publishers: readonly Participant[] | null;
}

export interface Graph {
  nodes: DiscoveredNode[];
  edges: DiscoveredEdge[];
}

const ROLE_NOTES: Partial<Record<QueueRole, string>> = {
  'dead-letter': 'Dead letters of other queues end up here.',
  retry: 'Messages wait here for another try and then go back.',
  stream: 'A stream keeps what was read: what waits for whom is not known here, it is not tapped, and it has no levers.',
};

export function roleOf(queue: BrokerQueue, { wiring, facts }: Pick<FoundBroker, 'wiring' | 'facts'>): QueueRole {
  return wiring.roleOf(queue, facts.get(nameKey(queue.vhost, queue.name))?.isTemporary ?? false);
}

function isShown(role: QueueRole): boolean {
  return role !== 'own' && role !== 'generated' && role !== 'temporary';
}

export function graphOf(found: FoundBroker, flows: readonly FlowContract[]): Graph {
  const { sourceId, wiring, consumers, publishers } = found;
  const { queues, exchanges, bindings } = wiring.topology;
  const flowsOf = flowsByChannel(sourceId, flows);
  const shownQueues = queues.filter((queue) => isShown(roleOf(queue, found)));
  const queueIds = new Set(shownQueues.map(({ vhost, name }) => queueChannelId(sourceId, vhost, name)));
  const used = new Set(bindings.flatMap(({ vhost, source, destination, destinationType }) => [nameKey(vhost, source), ...(destinationType === 'exchange' ? [nameKey(vhost, destination)] : [])]));
  // Every virtual host has seven exchanges of the broker's own; they show where somebody uses them.
  const shownExchanges = exchanges.filter(({ vhost, name }) => name !== '' && (!name.startsWith('amq.') || used.has(nameKey(vhost, name))));
  const exchangeIds = new Set(shownExchanges.map(({ vhost, name }) => exchangeId(sourceId, vhost, name)));
  const known = (id: string) => queueIds.has(id) || exchangeIds.has(id);

  const edges: DiscoveredEdge[] = [
    ...bindings.map(({ vhost, source, destination, destinationType, routingKey }): DiscoveredEdge => ({
      from: exchangeId(sourceId, vhost, source), to: destinationType === 'queue' ? queueChannelId(sourceId, vhost, destination) : exchangeId(sourceId, vhost, destination), kind: 'binding', label: routingKey,
    })),
    ...shownQueues.flatMap((queue) => deadLetterEdges(sourceId, queue, wiring)),
    ...shownExchanges.flatMap(({ vhost, name, alternateExchange }): DiscoveredEdge[] => (alternateExchange === null ? [] : [{ from: exchangeId(sourceId, vhost, name), to: exchangeId(sourceId, vhost, alternateExchange), kind: 'alternate', label: '' }])),
  ].filter(({ from, to }) => known(from) && known(to));
  const uses: DiscoveredEdge[] = [
    ...(consumers ?? []).map(({ vhost, name, user }): DiscoveredEdge => ({ from: queueChannelId(sourceId, vhost, name), to: applicationId(sourceId, user), kind: 'consumes', label: '' })),
    ...(publishers ?? []).map(({ vhost, name, user }): DiscoveredEdge => ({ from: applicationId(sourceId, user), to: exchangeId(sourceId, vhost, name), kind: 'publishes', label: '' })),
  ].filter(({ from, to }) => known(from) || known(to));
  const users = [...new Set([...(consumers ?? []), ...(publishers ?? [])].map(({ user }) => user))].filter((user) => uses.some(({ from, to }) => from === applicationId(sourceId, user) || to === applicationId(sourceId, user)));

  return {
    nodes: [
      ...shownExchanges.map((exchange) => exchangeNode(sourceId, exchange)),
      ...shownQueues.map((queue) => queueNode(queue, found, flowsOf.get(queueChannelId(sourceId, queue.vhost, queue.name)) ?? [])),
      ...users.map((user): DiscoveredNode => ({ id: applicationId(sourceId, user), kind: 'application', name: user, facts: [{ label: 'known by', text: 'its broker user' }], flows: [], notes: [] })),
    ],
    edges: [...edges, ...uses],
  };
}

export function exchangeId(sourceId: string, vhost: string, name: string): string {
  return `${sourceId}:exchange:${encodeURIComponent(vhost)}:${encodeURIComponent(name)}`;
}

function applicationId(sourceId: string, user: string): string {
  return `${sourceId}:application:${encodeURIComponent(user)}`;
}

function exchangeNode(sourceId: string, { vhost, name, type, durable, internal, alternateExchange }: BrokerExchange): DiscoveredNode {
  return {
    id: exchangeId(sourceId, vhost, name), kind: 'exchange', name, flows: [],
    facts: [{ label: 'virtual host', text: vhost }, { label: 'type', text: type }, ...(durable ? [] : [{ label: 'durable', text: 'no' }]), ...(internal ? [{ label: 'internal', text: 'yes' }] : [])],
    notes: alternateExchange === null ? [] : [`What no queue takes goes to the alternate exchange ${alternateExchange}. A tap would count as a route, so this exchange is not tapped.`],
  };
}

function queueNode(queue: BrokerQueue, found: FoundBroker, flows: string[]): DiscoveredNode {
  const facts = found.facts.get(nameKey(queue.vhost, queue.name));
  const role = roleOf(queue, found);
  const fact = (label: string, value: string | number | null | undefined) => (value === null || value === undefined || value === '' ? [] : [{ label, text: String(value) }]);
  return {
    id: queueChannelId(found.sourceId, queue.vhost, queue.name), kind: 'queue', name: queue.name, flows,
    facts: [
      ...fact('virtual host', queue.vhost), ...fact('type', queue.type), ...fact('state', facts?.state), ...fact('messages', facts?.messages), ...fact('consumers', facts?.consumers),
      ...fact('message lifetime', queue.messageTtlMs === null ? null : `${queue.messageTtlMs / 1000} s`), ...fact('length limit', queue.maxLength),
      ...fact('overflow', queue.overflow), ...fact('delivery limit', queue.deliveryLimit), ...fact('priorities', queue.maxPriority),
    ],
    notes: [...(ROLE_NOTES[role] === undefined ? [] : [ROLE_NOTES[role]]), ...deadLetterNotes(queue, role, found.wiring)],
  };
}

function deadLetterNotes(queue: BrokerQueue, role: QueueRole, wiring: Wiring): string[] {
  const wired = wiring.deadLettersOf(queue);
  if (wired === null) return role === 'work' ? ['It has no dead-letter exchange: what is rejected or expires is thrown away.'] : [];
  if (wired.exchange === '') return ['Its dead letters go through the default exchange, which nobody can tap: they are counted, not seen. A policy with a dead-letter-exchange of its own makes them visible.'];
  if (wiring.exchangeType(queue.vhost, wired.exchange) === '') return [`Its dead-letter exchange ${wired.exchange} does not exist: dead letters are thrown away.`];
  return wired.queues.length === 0 ? [`No queue takes what its dead-letter exchange ${wired.exchange} gets: dead letters are thrown away.`] : [];
}

function deadLetterEdges(sourceId: string, queue: BrokerQueue, wiring: Wiring): DiscoveredEdge[] {
  const wired = wiring.deadLettersOf(queue);
  if (wired === null) return [];
  const from = queueChannelId(sourceId, queue.vhost, queue.name);
  const label = queue.deadLetterRoutingKey ?? '';
  if (wired.exchange !== '') return [{ from, to: exchangeId(sourceId, queue.vhost, wired.exchange), kind: 'dead-letter', label }];
  return wired.queues.map((name) => ({ from, to: queueChannelId(sourceId, queue.vhost, name), kind: 'dead-letter', label }));
}

function flowsByChannel(sourceId: string, flows: readonly FlowContract[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const flow of flows) {
    for (const { channelId } of contractQueues(sourceId, [flow])) found.set(channelId, [...(found.get(channelId) ?? []), flow.metadata.id]);
  }
  return found;
}
