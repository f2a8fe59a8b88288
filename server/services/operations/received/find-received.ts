/** Finds messages that an alternate received by what was decided of them. */
import type { ReceivedStanding } from '@/server/domain/operations/received-decision';
import type { Scope } from '@/server/domain/roles/scope';
import { askReceivedMessages, type ReceivedRow } from '@/server/queries/received-messages';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import type { Transaction } from '../../contracts/console-state';
import { decisionsByKey, decisionsOf, messageOf, type DecisionRow } from './decision-rows';
import { reroutedMessages, type ReceivedFilter, type Rerouted } from './rerouted';

export type Position = readonly [seenMs: number, copyKey: string];
export interface FoundMessage {
  message: ReceivedRow;
  /** Null: nobody has decided. */
  decision: DecisionRow | null;
}

export interface ReceivedStores {
  db: Database | Transaction;
  clickhouse: ClickHouse;
  signal?: AbortSignal | undefined;
}

interface Asked {
  scopes: readonly Scope[];
  filter: ReceivedFilter;
  /** Undefined: whatever was decided. */
  standing: ReceivedStanding | undefined;
  now: Date;
  limit: number;
  after: Position | null;
}

/** Most messages that are looked through for those that nobody has decided of; whoever asked goes on from there. */
const CHUNK = 2_000;
const MOST_CHUNKS = 25;

/**
 * Newest first, after a position. Decided ones come with what was known when it was decided, also when their copies are gone.
 *
 * @returns `end`: where to go on; null: there is no more
 */
export async function findReceived({ db, clickhouse, signal }: ReceivedStores, rerouted: Rerouted, asked: Asked): Promise<{ found: FoundMessage[]; end: Position | null }> {
  const { scopes, filter, standing, now, limit } = asked;
  const holdId = rerouted.hold.id;
  const copies = reroutedMessages(rerouted, scopes, now, filter);
  const page = (all: FoundMessage[]) => {
    const found = all.slice(0, limit);
    return { found, end: all.length > limit ? positionOf(found.at(-1)?.message) : null };
  };
  if (standing !== undefined && standing !== 'undecided') {
    const rows = await decisionsOf(db, { holdId, scopes, filter, standing }, { limit: limit + 1, ...(asked.after === null ? {} : { after: asked.after }) });
    return page(rows.map((decision) => ({ message: messageOf(decision), decision })));
  }
  const size = standing === undefined ? limit + 1 : Math.max(CHUNK, limit + 1);
  const found: FoundMessage[] = [];
  let after = asked.after ?? [copies.toMs + 1, ''] as const;
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk += 1) {
    const rows = await askReceivedMessages(clickhouse, { ...copies, afterMs: after[0], afterCopy: after[1], limit: size }, signal);
    const decided = await decisionsByKey(db, holdId, rows.map(({ copyKey }) => copyKey));
    for (const message of rows) {
      const decision = decided.get(message.copyKey) ?? null;
      if (standing === undefined || decision === null) found.push({ message, decision });
    }
    if (found.length > limit || rows.length < size) return page(found);
    after = positionOf(rows.at(-1)) ?? after;
  }
  return { found, end: after };
}

function positionOf(row: ReceivedRow | undefined): Position | null {
  return row === undefined ? null : [row.seenMs, row.copyKey];
}
