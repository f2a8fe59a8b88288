/** What a reroute sent on from the hold beneath it, as its journal has it. */
import { and, desc, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { Scope } from '@/server/domain/roles/scope';
import { schema, type Database } from '@/server/store/postgres';
import type { HoldRow } from '../operation-rows';
import { rowsInScope } from '../rows-in-scope';

const { operationItems: items, holds } = schema;
/** The broker has it, whatever became of it afterwards. */
const WENT = or(isNotNull(items.sentAt), inArray(items.state, ['sent', 'confirmed', 'rejected', 'duplicate-suppressed']));
const COPIES_KEPT_MS = 14 * 24 * 3_600_000;

export interface LedCounts {
  /** Messages that went to the alternate. */
  sent: number;
  /** Messages of which nobody can tell whether they went. */
  unsure: number;
}

export async function hasItems(db: Database, operationId: string): Promise<boolean> {
  return (await db.select({ key: items.itemKey }).from(items).where(eq(items.operationId, operationId)).limit(1)).length > 0;
}

/**
 * Since when the tap may have seen what waits in the hold that a reroute lies over: since that began where it parks what is new, else as
 * long as copies are kept.
 */
export async function heldSince(db: Database, { channelId }: Pick<HoldRow, 'channelId'>, pauseId: string | null, began: Date): Promise<Date> {
  const [pause] = await db.select({ since: holds.requestedAt, method: holds.method }).from(holds).where(and(
    eq(holds.kind, 'pause'),
    pauseId === null ? and(eq(holds.channelId, channelId), lte(holds.requestedAt, began), or(isNull(holds.overAt), sql`${holds.overAt} >= ${began.toISOString()}`)) : eq(holds.id, pauseId),
  )).orderBy(desc(holds.requestedAt)).limit(1);
  return pause?.method === 'park' ? pause.since : new Date(began.getTime() - COPIES_KEPT_MS);
}

/** Of ids of messages, as a question to the copies takes them: of MD5 the first 64 bits, with commas between. */
export interface LedDigests {
  all: string;
  /** Of those that several messages have. */
  alike: string;
}

export async function ledDigests(db: Database, operationId: string): Promise<LedDigests> {
  const ids = db.select({ digest: sql<string>`upper(left(md5(${items.messageId}), 16))`.as('digest'), messages: sql<number>`count(*)`.as('messages') }).from(items).where(and(eq(items.operationId, operationId), WENT)).groupBy(items.messageId).as('ids');
  const [row] = await db.select({ all: sql<string | null>`string_agg(${ids.digest}, ',')`, alike: sql<string | null>`string_agg(${ids.digest}, ',') filter (where ${ids.messages} > 1)` }).from(ids);
  return { all: row?.all ?? '', alike: row?.alike ?? '' };
}

/** @param isOver nothing is being sent any more, so that what was is not known to have arrived */
export async function countLed(db: Database, operationId: string, { scopes, isOver }: { scopes: readonly Scope[] | null; isOver: boolean }): Promise<LedCounts> {
  const [row] = await db.select({
    sent: sql<number>`count(*) filter (where ${WENT})::int`,
    unsure: sql<number>`count(*) filter (where ${items.sentAt} is null and ${items.state} = any(${sql.param(isOver ? ['sending', 'unknown'] : ['unknown'])}::text[]))::int`,
  }).from(items).where(and(eq(items.operationId, operationId), scopes === null ? undefined : rowsInScope(items, scopes)));
  return { sent: row?.sent ?? 0, unsure: row?.unsure ?? 0 };
}
