/** A draft contract for one queue: everything that the broker tells, and what follows from it, each guess with its reason. */
import { Document, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Guess } from '@/server/domain/sources/discovery';
import type { BrokerQueue } from '../topology';
import type { DeadLetterWiring } from './queue-roles';

/** How messages reach the queue, as a contract can say it. */
export interface Route {
  exchange: string;
  /** Null: all that the exchange gets, or nothing that binding keys can say. */
  keys: string[] | null;
  why: string;
}

export interface DraftInput {
  flowId: string;
  sourceId: string;
  sourceName: string;
  queue: BrokerQueue;
  /** Null: no exchange is named, for the reason. */
  route: Route | null;
  routeNote: string;
  deadLetters: DeadLetterWiring | null;
  /** Broker users that consume from the queue. */
  users: readonly string[];
  /** The system among those that contracts name that takes the messages; null: none fits. */
  takenBy: string | null;
  /** Messages that wait now; null: not known. */
  waiting: number | null;
}

export interface Draft {
  yaml: string;
  guesses: Guess[];
}

type Path = (string | number)[];
interface Note { path: Path; value: string; why: string }

const HOUR_MS = 3_600_000;
const LEAST_WARNING = 100;

export function draftFlow(input: DraftInput): Draft {
  const { flowId, sourceId, sourceName, queue, route, users, takenBy } = input;
  const notes: Note[] = [];
  const guess = <T>(path: Path, value: T, why: string): T => {
    notes.push({ path, value: typeof value === 'string' ? value : JSON.stringify(value), why });
    return value;
  };
  const hop: Path = ['spec', 'path', 0];
  const channel = {
    source: sourceId,
    kind: 'queue',
    vhost: queue.vhost,
    ...(route === null ? {} : { exchange: guess([...hop, 'channel', 'exchange'], route.exchange, route.why) }),
    ...(route?.keys ? { keys: guess([...hop, 'channel', 'keys'], route.keys, 'The keys of its bindings.') } : {}),
    name: queue.name,
    ...deadLetterOf(input, [...hop, 'channel', 'deadLetter'], guess),
  };
  const body = {
    apiVersion: 'signalbox/v1',
    kind: 'Flow',
    metadata: {
      id: flowId,
      name: guess(['metadata', 'name'], queue.name.trim() || flowId, 'The name of the queue.'),
      version: '0.1.0',
      lifecycle: 'draft',
      description: `Drafted from what ${sourceName} showed. Review every guess before it comes into force.`,
    },
    spec: {
      tier: guess(['spec', 'tier'], 'event', 'It goes over a queue.'),
      path: [{
        id: 'queue',
        channel,
        ...(takenBy === null ? {} : { takenBy: guess([...hop, 'takenBy'], takenBy, `Broker user ${users.join(', ')} consumes from it, and a system has that id.`) }),
      }],
      fields: { message: { from: guess(['spec', 'fields', 'message', 'from'], ['header:message_id', 'attr:messaging.message.id'], 'The usual places of a message id; whether its senders set one was not looked at.') } },
      slo: {
        backlog: thresholds(input, guess),
        origin: 'design-default',
      },
      ...leversOf(queue, guess),
      phi: { contains: guess(['spec', 'phi', 'contains'], true, 'Messages were not looked at, so the careful answer is assumed: bodies are not stored.'), payloadRetention: 'P7D', maskProfile: 'default' },
    },
  };
  const document = new Document(body);
  for (const { path, why } of notes) comment(document, path, `guess: ${why}`);
  if (route === null) comment(document, [...hop, 'channel'], input.routeNote);
  if (takenBy === null && users.length > 0) comment(document, [...hop], `takenBy is open: broker user ${users.join(', ')} consumes from it. Name its system.`);
  return { yaml: document.toString({ lineWidth: 0 }), guesses: notes.map(({ path, value, why }) => ({ at: pathText(path), value, why })) };
}

type GuessOf = <T>(path: Path, value: T, why: string) => T;

function deadLetterOf({ queue, deadLetters }: DraftInput, path: Path, guess: GuessOf) {
  const target = deadLetters?.queues[0];
  if (!deadLetters || target === undefined) return {};
  const others = deadLetters.queues.slice(1);
  const how = queue.arguments['x-dead-letter-exchange'] === undefined ? 'its policy' : 'its arguments';
  const why = deadLetters.exchange === ''
    ? `By ${how} dead letters go to this queue through the default exchange: they can be counted, not seen.`
    : `By ${how} and the bindings of exchange ${deadLetters.exchange}${others.length > 0 ? `; ${others.join(', ')} may get them too` : ''}.`;
  return { deadLetter: { exchange: deadLetters.exchange, queue: guess([...path, 'queue'], target, why) } };
}

function thresholds({ queue, waiting }: DraftInput, guess: GuessOf): Record<string, unknown> {
  const path: Path = ['spec', 'slo', 'backlog'];
  const byLength = queue.maxLength !== null && queue.maxLength >= 10;
  const warn = byLength ? Math.floor(queue.maxLength! / 2) : Math.max(LEAST_WARNING, (waiting ?? 0) * 2);
  const page = byLength ? Math.floor(queue.maxLength! * 0.8) : warn * 10;
  const why = byLength ? `Half and four fifths of the length limit of ${queue.maxLength}.` : `Twice what waited during discovery (${waiting ?? 'not known'}), at least ${LEAST_WARNING}; ten times that pages.`;
  const isShortLived = queue.messageTtlMs !== null && queue.messageTtlMs < HOUR_MS;
  return {
    warn: guess([...path, 'warn'], warn, why),
    page,
    ...(queue.type === 'stream' ? {} : {
      oldestWarn: isShortLived ? seconds(queue.messageTtlMs! / 4) : 'PT15M',
      oldestPage: guess([...path, 'oldestPage'], isShortLived ? seconds(queue.messageTtlMs! / 2) : 'PT1H', isShortLived ? `Messages expire after ${queue.messageTtlMs! / 1000} s.` : 'Nothing tells how long a message may wait.'),
    }),
  };
}

/** Streams have no levers. For queues the most careful ones: nothing may be done before somebody has decided it. */
function leversOf(queue: BrokerQueue, guess: GuessOf): Record<string, unknown> {
  if (queue.type === 'stream') return {};
  return {
    pause: { allowed: guess(['spec', 'pause', 'allowed'], false, 'Nobody has decided yet whether the flow may be paused.'), reason: 'Drafted from discovery; allow it after review.' },
    replay: {
      class: guess(['spec', 'replay', 'class'], 'R1', 'What a repeated message does at its receiver is not known, so replay is guarded.'),
      approval: 'four-eyes',
      maxBatch: 100,
      preconditions: [{ check: 'target-absence-proven' }],
    },
  };
}

function seconds(ms: number): string {
  return `PT${Math.max(1, Math.floor(ms / 1000))}S`;
}

/** Puts a comment before the key, or before the item of a list, that the path leads to. */
function comment(document: Document, path: Path, text: string): void {
  const last = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  const words = ` ${text.replaceAll(/\s+/g, ' ')}`;
  if (isMap(parent)) {
    const key = parent.items.find((pair) => isScalar(pair.key) && pair.key.value === last)?.key;
    if (isNode(key)) key.commentBefore = key.commentBefore ? `${key.commentBefore}\n${words}` : words;
  } else if (isSeq(parent)) {
    const item = parent.items[Number(last)];
    if (isNode(item)) item.commentBefore = words;
  }
}

function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
