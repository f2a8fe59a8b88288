/** What lies in a dead-letter queue and was asked for, and what became of what a former life was sending. */
import type { ConsumeMessage } from 'amqplib';
import type { JournalItem, LeverRun } from '@/collectors/runtime/operations/levers';
import { ITEM_HEADER } from '../../own-names';
import type { Identified, MessageIdentity } from '../moving/message-identity';

export interface Found {
  message: ConsumeMessage;
  identified: Identified;
}

export class DeadLetters {
  /** The oldest message of each key that was asked for. */
  readonly found = new Map<string, Found>();
  /** How many messages have the key. */
  readonly counts = new Map<string, number>();
  /** Keys of those that we sent in this operation and that failed again. */
  readonly rejectedAgain = new Set<string>();
  readonly #wanted: ReadonlySet<string>;

  constructor(wanted: readonly JournalItem[], private readonly identity: MessageIdentity, private readonly operationId: string) {
    this.#wanted = new Set(wanted.map(({ itemKey }) => itemKey));
  }

  see(message: ConsumeMessage): void {
    const identified = this.identity.ofDeadLetter(message);
    const { itemKey } = identified;
    if (!this.#wanted.has(itemKey)) return;
    if (this.#isOurs(message)) {
      this.rejectedAgain.add(itemKey);
      return;
    }
    this.counts.set(itemKey, (this.counts.get(itemKey) ?? 0) + 1);
    if (!this.found.has(itemKey)) this.found.set(itemKey, { message, identified });
  }

  /** In the order of the queue; those that are not there last. */
  inQueueOrder(items: readonly JournalItem[]): JournalItem[] {
    const places = new Map([...this.found.keys()].map((itemKey, place) => [itemKey, place]));
    const placeOf = ({ itemKey }: JournalItem) => places.get(itemKey) ?? Number.POSITIVE_INFINITY;
    return items.toSorted((a, b) => (placeOf(a) === placeOf(b) ? a.position - b.position : placeOf(a) - placeOf(b)));
  }

  /** Sent by this operation, and here once more: it failed again meanwhile. */
  #isOurs({ properties: { headers } }: ConsumeMessage): boolean {
    const item: unknown = headers?.[ITEM_HEADER];
    return typeof item === 'string' && item.startsWith(`${this.operationId}/`);
  }
}

export interface ReplayRecord {
  /** Keys that more than one message had when this began, with how many. */
  doubles: Record<string, number>;
  /** Process ids of the broker's nodes when this life began. */
  nodes: Record<string, string>;
}

export function recordOf(run: Pick<LeverRun, 'recorded'>): ReplayRecord | null {
  const { recorded } = run;
  if (typeof recorded !== 'object' || recorded === null || !('doubles' in recorded) || !('nodes' in recorded)) return null;
  return recorded as unknown as ReplayRecord;
}

/** One sentence for those whose key others have, too. */
export function doublesSentence(dead: DeadLetters): string {
  const doubles = [...dead.counts].filter(([, count]) => count > 1);
  const rest = doubles.reduce((sum, [, count]) => sum + count - 1, 0);
  return rest === 0 ? '' : ` ${rest} more with the same key as one that was sent stay in the dead-letter queue.`;
}
