/** The journal of an operation: states of its items, written under the fence before and after each act. */
import { and, asc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import { itemStatesBefore, MOST_SENDING, type ItemState } from '@/server/domain/operations/item-states';
import { schema, type Database } from '@/server/store/postgres';
import type { ItemRow } from '../operation-rows';
import { fenced, fencedUnread, lockedByFence, OperationFenceLost } from './fenced';
import type { PlannedItem } from './store-plan';

interface Working { id: string; fence: bigint }

/** Items that are not settled, in order; `sending` and `sent` ones belong to a former life, or await their result. */
export async function openItems(db: Database, operationId: string): Promise<ItemRow[]> {
  const { operationItems: items } = schema;
  return db.select().from(items).where(and(eq(items.operationId, operationId), inArray(items.state, ['pending', 'sending', 'sent']))).orderBy(asc(items.position));
}

/** Items that were added behind a position, whatever became of them, in order. */
export async function itemsBehind(db: Database, operationId: string, position: number): Promise<ItemRow[]> {
  const { operationItems: items } = schema;
  return db.select().from(items).where(and(eq(items.operationId, operationId), gt(items.position, position))).orderBy(asc(items.position));
}

/** Adds items that were found on the way; those that are there stay as they are. */
export async function addItems(db: Database, operation: Working, found: readonly PlannedItem[]): Promise<void> {
  const { operationItems: items } = schema;
  await fenced(db, operation, async (tx) => {
    const [last] = await tx.select({ position: sql<number>`coalesce(max(${items.position}), 0)::int` }).from(items).where(eq(items.operationId, operation.id));
    const known = new Set((await tx.select({ itemKey: items.itemKey }).from(items).where(and(eq(items.operationId, operation.id), inArray(items.itemKey, found.map(({ itemKey }) => itemKey))))).map(({ itemKey }) => itemKey));
    const fresh = found.filter(({ itemKey }) => !known.has(itemKey));
    if (fresh.length > 0) await tx.insert(items).values(fresh.map((item, index) => ({ ...item, operationId: operation.id, position: (last?.position ?? 0) + index + 1 }))).onConflictDoNothing();
  });
}

/**
 * `pending` → `sending`, as many as may be in the air at once. Counted after the operation is locked, so that two who claim
 * at once do not count past each other. Found by their keys alone: a table that was just filled has no statistics, and an
 * index over states would be read from end to end for every batch (hence IS TRUE, which no index serves).
 *
 * @returns the keys that were claimed
 */
export async function claimItems(db: Database, operation: Working, itemKeys: readonly string[]): Promise<Set<string>> {
  const { operationItems: items } = schema;
  return fencedUnread(db, operation, async (tx) => {
    const isNext = (keys: SQL) => sql`${items.operationId} = ${operation.id} AND ${items.itemKey} = ANY(${keys}) AND (${stateMayBecome('sending')}) IS TRUE`;
    const { rows } = await tx.execute<{ itemKey: string }>(sql`
UPDATE ${items} SET state = 'sending' WHERE ${isNext(sql`ARRAY(
  SELECT ${items.itemKey} FROM ${items} WHERE ${isNext(textArray(itemKeys))} ORDER BY ${items.position}
  LIMIT greatest(0, ${MOST_SENDING} - (SELECT count(*) FROM ${items} WHERE ${items.operationId} = ${operation.id} AND ${items.state} = 'sending')))`)}
RETURNING ${items.itemKey} AS "itemKey"`);
    return new Set(rows.map(({ itemKey }) => itemKey));
  });
}

/**
 * Moves items to a state that they may take from where they are; others are left. One statement, because it is waited for
 * between two batches: it writes nothing unless it locked the operation under this fence.
 *
 * @returns how many were moved
 */
export async function settleItems(db: Database, operation: Working, to: ItemState, settled: readonly { itemKey: string; note?: string; instead?: string | undefined }[], now: Date): Promise<number> {
  if (settled.length === 0) return 0;
  const { operationItems: items } = schema;
  const at = to === 'sent' ? sql`, sent_at = ${now.toISOString()}` : to === 'pending' ? sql`` : sql`, settled_at = ${now.toISOString()}`;
  const { rows } = await db.execute<{ held: number; moved: number }>(sql`
WITH held AS MATERIALIZED (${lockedByFence(operation)}),
moved AS (
  UPDATE ${items} SET state = ${to}, note = told.note, instead = told.instead${at}
  FROM unnest(${textArray(settled.map(({ itemKey }) => itemKey))}, ${textArray(settled.map(({ note = '' }) => note))}, ${textArray(settled.map(({ instead = '' }) => instead))}) AS told(item_key, note, instead)
  WHERE EXISTS (SELECT 1 FROM held) AND ${items.operationId} = ${operation.id} AND ${items.itemKey} = told.item_key AND ${stateMayBecome(to)}
  RETURNING 1)
SELECT (SELECT count(*) FROM held)::int AS held, (SELECT count(*) FROM moved)::int AS moved`);
  const { held, moved } = rows[0]!;
  if (held !== 1) throw new OperationFenceLost(operation.id);
  return moved;
}

function stateMayBecome(to: ItemState): SQL {
  return sql`${schema.operationItems.state} = ANY(${textArray(itemStatesBefore(to))})`;
}

/** As one parameter, however many there are. */
function textArray(values: readonly string[]): SQL {
  return sql`${sql.param(values)}::text[]`;
}
