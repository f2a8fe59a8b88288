/** Drafts for all work queues that no contract names: each loads beside the contracts in force and beside the others. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import type { DraftContract } from '@/server/domain/sources/discovery';
import { contractQueues, queueChannelId } from '../poll/contract-queues';
import type { BrokerQueue } from '../topology';
import { draftFlow, type Draft, type Route } from './draft-flow';
import { FlowIds, slugOf } from './flow-ids';
import { FlowsByPlace } from './flows-by-place';
import { exchangeId, roleOf, type FoundBroker } from './topology-graph';
import { nameKey, type DeadLetterWiring, type Wiring } from './queue-roles';

export const MAX_DRAFTS = 500;
/** As long as a name in a contract may be. */
const LONGEST_NAME = 200;

export interface DraftSet {
  drafts: DraftContract[];
  notes: string[];
}

/** Lets other work through between drafts: hundreds of them take seconds, and taps share the process. */
export async function draftSet(source: { id: string; name: string; system: string }, found: FoundBroker, inForce: readonly FlowContract[]): Promise<DraftSet> {
  const contracted = new Set(contractQueues(source.id, inForce).map(({ channelId }) => channelId));
  const candidates = found.wiring.topology.queues
    .filter((queue) => ['work', 'stream'].includes(roleOf(queue, found)) && !contracted.has(queueChannelId(source.id, queue.vhost, queue.name)))
    .toSorted((a, b) => (a.vhost === b.vhost ? (a.name < b.name ? -1 : 1) : a.vhost < b.vhost ? -1 : 1));
  const ids = new FlowIds(inForce.map(({ metadata }) => metadata.id));
  const systems = new Set([source.system, ...inForce.flatMap(({ spec }) => spec.path.flatMap(({ takenBy }) => takenBy ?? []))]);
  const flows = new FlowsByPlace(source.id, inForce);
  const drafts: DraftContract[] = [];
  const notes: string[] = [];
  for (const queue of candidates.slice(0, MAX_DRAFTS)) {
    await otherWork();
    const flowId = ids.take(queue.name, queue.vhost);
    const drafted = draftBeside(flows, { flowId, source, queue, found, systems });
    if ('problem' in drafted) {
      notes.push(drafted.problem);
      continue;
    }
    flows.add(drafted.flow);
    drafts.push(drafted.draft);
  }
  if (candidates.length > MAX_DRAFTS) notes.push(`${candidates.length} queues have no contract; the first ${MAX_DRAFTS} are drafted. Activate some, or restrict the source to virtual hosts, and discover again.`);
  return { drafts, notes };
}

interface Candidate {
  flowId: string;
  source: { id: string; name: string };
  queue: BrokerQueue;
  found: FoundBroker;
  systems: ReadonlySet<string>;
}

/** With its exchange where that leaves no doubt about whose span is whose; else without, said in the draft. */
function draftBeside(flows: FlowsByPlace, candidate: Candidate): { flow: FlowContract; draft: DraftContract } | { problem: string } {
  const { flowId, source, queue, found, systems } = candidate;
  const where = `Queue ${queue.name} of virtual host ${queue.vhost}`;
  const { route, note } = routeOf(queue, found.wiring);
  const users = (found.consumers ?? []).filter(({ vhost, name }) => vhost === queue.vhost && name === queue.name).map(({ user }) => user);
  const takenBy = users.map(slugOf).find((id) => systems.has(id)) ?? null;
  const waiting = found.facts.get(nameKey(queue.vhost, queue.name))?.messages ?? null;
  const deadLetters = deadLettersOf(queue, found);
  const draft = (by: Route | null, routeNote: string) =>
    draftFlow({ flowId, sourceId: source.id, sourceName: source.name, queue, route: by, routeNote, deadLetters, users, takenBy, waiting });

  const first = parsed(draft(route, note), flowId);
  if ('problem' in first) return { problem: `${where} has no draft: ${first.problem}` };
  const rivals = flows.rivalsOf(first.flow);
  if (rivals.length === 0) return { flow: first.flow, draft: contractOf(first.draft, candidate, route) };
  const second = parsed(draft(null, `Exchange ${route?.exchange ?? ''} is left out: its messages also go to ${rivals.join(', ')}, and a span could not be told apart. Name different services under legs, then add exchange and keys.`), flowId);
  if ('problem' in second) return { problem: `${where} has no draft: ${second.problem}` };
  const left = flows.rivalsOf(second.flow);
  if (left.length > 0) return { problem: `${where} has no draft: flow ${left.join(', ')} lies on a queue of the same name in another virtual host, and spans do not carry the virtual host. Write its contract by hand, with different services under legs.` };
  return { flow: second.flow, draft: contractOf(second.draft, candidate, null) };
}

/** A queue where messages wait for another try holds no dead letters. */
function deadLettersOf(queue: BrokerQueue, found: FoundBroker): DeadLetterWiring | null {
  const wired = queue.type === 'stream' ? null : found.wiring.deadLettersOf(queue);
  if (wired === null) return null;
  const isRetry = (name: string) => found.wiring.topology.queues.some((other) => other.vhost === queue.vhost && other.name === name && roleOf(other, found) === 'retry');
  return { ...wired, queues: wired.queues.filter((name) => !isRetry(name)) };
}

function contractOf({ yaml, guesses }: Draft, { flowId, source, queue }: Candidate, route: Route | null): DraftContract {
  return {
    flowId, name: queue.name, yaml, guesses,
    channels: [queueChannelId(source.id, queue.vhost, queue.name), ...(route === null ? [] : [exchangeId(source.id, queue.vhost, route.exchange)])],
  };
}

function parsed(draft: Draft, flowId: string): { draft: Draft; flow: FlowContract } | { problem: string } {
  const { documents, problems } = parseContractFile(`${flowId}.yaml`, draft.yaml);
  const body = documents[0]?.body;
  if (problems[0]) return { problem: problems[0].message };
  return body?.kind === 'Flow' ? { draft, flow: body } : { problem: 'it cannot be written as a contract.' };
}

/** The exchange that leads to a queue. With several, the one with the most bindings; the others are named. */
function routeOf(queue: BrokerQueue, wiring: Wiring): { route: Route | null; note: string } {
  const bindings = wiring.bindingsInto(queue.vhost, queue.name);
  const sources = [...new Set(bindings.map(({ source }) => source))].toSorted((a, b) => bindings.filter(({ source }) => source === b).length - bindings.filter(({ source }) => source === a).length || (a < b ? -1 : 1));
  const exchange = sources[0];
  if (exchange === undefined) return { route: null, note: 'No exchange leads to it: senders name the queue itself, through the default exchange, which cannot be tapped.' };
  if (exchange.length > LONGEST_NAME) return { route: null, note: 'Its exchange has a name too long for a contract.' };
  const others = sources.slice(1);
  const why = `It is bound to this exchange${others.length > 0 ? `, and also to ${others.join(', ')}` : ''}.`;
  return { route: { exchange, keys: keysOf(bindings.filter(({ source }) => source === exchange).map(({ routingKey }) => routingKey), wiring.exchangeType(queue.vhost, exchange)), why }, note: '' };
}

/** Keys as contracts write them: topic patterns. What they cannot say is left open. */
function keysOf(keys: readonly string[], exchangeType: string): string[] | null {
  if (exchangeType !== 'topic' && exchangeType !== 'direct') return null;
  const isLiteral = (key: string) => !key.split('.').some((word) => word === '*' || word === '#');
  const sayable = keys.every((key) => key !== '' && key.length <= LONGEST_NAME && (exchangeType === 'topic' || isLiteral(key)));
  return sayable ? [...new Set(keys)].toSorted() : null;
}
