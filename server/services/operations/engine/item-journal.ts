/** The journal of an operation: states of its items, written under the fence before and after each act. */
import { and, asc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import { itemStatesBefore, MOST_SENDING, type ItemState } from '@/server/domain/operations/item-states';
import { schema, type Database } from '@/server/store/postgres';
import type { ItemRow } from '../operation-rows';
import { fenced, lockedByFence, OperationFenceLost } from './fenced';
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

/** Of each operation the write that was begun last. */
const writes = new Map<string, Promise<unknown>>();
/** How many items of an operation are `sending` under a fence, where the last that was written there was a claim. */
const inTheAir = new Map<string, { fence: bigint; count: number }>();

/**
 * `pending` → `sending`, as many as may be in the air at once; and before that `sending` → `sent` for those of the batch
 * before. One statement and one write to disk, because a replay waits for it between two batches.
 *
 * How many are in the air is counted once and carried on from claim to claim: nobody else can claim meanwhile, because other
 * collectors have other fences and are kept out by the lock on the operation, and in this process one write waits for the
 * other. Whatever else is written, and whatever goes wrong, has them counted anew. No index over states counts them each
 * time: with one, Postgres would write every index of the table again for every change of a state.
 *
 * @returns the keys that were claimed
 */
export async function claimItems(db: Database, operation: Working, itemKeys: readonly string[], before: { sent: readonly string[]; now: Date } | null = null): Promise<Set<string>> {
  return inTurn(operation, () => claimAlone(db, operation, itemKeys, before));
}

/** One write after the other: they wait for the same lock anyway, and each has to see what the one before wrote. */
async function inTurn<T>({ id }: Working, write: () => Promise<T>): Promise<T> {
  const written = (writes.get(id) ?? Promise.resolve()).then(write);
  const over: Promise<unknown> = written.catch(() => undefined).finally(() => {
    if (writes.get(id) === over) writes.delete(id);
  });
  writes.set(id, over);
  return written;
}

async function claimAlone(db: Database, operation: Working, itemKeys: readonly string[], before: { sent: readonly string[]; now: Date } | null): Promise<Set<string>> {
  const { operationItems: items } = schema;
  const known = inTheAir.get(operation.id);
  // Until this claim is known to have succeeded, nothing is known.
  inTheAir.delete(operation.id);
  const sending = known?.fence === operation.fence ? sql`${known.count}::int` : sql`(SELECT count(*)::int FROM ${items} WHERE ${items.operationId} = ${operation.id} AND ${items.state} = 'sending')`;
  const { rows } = await db.execute<{ held: number; sending: number; claimed: string[] }>(sql`
WITH held AS MATERIALIZED (${lockedByFence(operation)}),
before AS MATERIALIZED (SELECT ${sending} AS sending),
done AS (
  UPDATE ${items} SET state = 'sent', note = '', instead = '', sent_at = ${before?.now.toISOString() ?? null}
  WHERE EXISTS (SELECT 1 FROM held) AND (${stateMayBecome('sent')}) IS TRUE AND ${items}.ctid = ANY(ARRAY(SELECT place FROM (${placesOf(operation, before?.sent ?? [], 'sent')}) AS found))
  RETURNING 1),
claimed AS (
  UPDATE ${items} SET state = 'sending'
  WHERE EXISTS (SELECT 1 FROM held) AND (${stateMayBecome('sending')}) IS TRUE AND ${items}.ctid = ANY(ARRAY(
    SELECT place FROM (${placesOf(operation, itemKeys, 'sending')}) AS found ORDER BY position
    LIMIT greatest(0, ${MOST_SENDING} + (SELECT count(*) FROM done) - (SELECT sending FROM before))))
  RETURNING ${items.itemKey})
SELECT (SELECT count(*) FROM held)::int AS held, ARRAY(SELECT item_key FROM claimed) AS claimed,
  ((SELECT sending FROM before) - (SELECT count(*) FROM done) + (SELECT count(*) FROM claimed))::int AS sending`);
  const { held, claimed, sending: count } = rows[0]!;
  if (held !== 1) throw new OperationFenceLost(operation.id);
  inTheAir.set(operation.id, { fence: operation.fence, count });
  return new Set(claimed);
}

/**
 * Moves items to a state that they may take from where they are; others are left. One statement, because it is waited for
 * between two batches: it writes nothing unless it locked the operation under this fence.
 *
 * @returns how many were moved
 */
export async function settleItems(db: Database, operation: Working, to: ItemState, settled: readonly { itemKey: string; note?: string; instead?: string | undefined }[], now: Date): Promise<number> {
  return settled.length === 0 ? 0 : inTurn(operation, () => settleAlone(db, operation, to, settled, now));
}

async function settleAlone(db: Database, operation: Working, to: ItemState, settled: readonly { itemKey: string; note?: string; instead?: string | undefined }[], now: Date): Promise<number> {
  inTheAir.delete(operation.id);
  const { operationItems: items } = schema;
  const at = to === 'sent' ? sql`, sent_at = ${now.toISOString()}` : to === 'pending' ? sql`` : sql`, settled_at = ${now.toISOString()}`;
  const { rows } = await db.execute<{ held: number; moved: number }>(sql`
WITH held AS MATERIALIZED (${lockedByFence(operation)}),
moved AS (
  UPDATE ${items} SET state = ${to}, note = told.note, instead = told.instead${at}
  FROM (${placesOf(operation, settled.map(({ itemKey }) => itemKey), to)}) AS found
  JOIN unnest(${textArray(settled.map(({ note = '' }) => note))}, ${textArray(settled.map(({ instead = '' }) => instead))}) WITH ORDINALITY AS told(note, instead, asked_as) USING (asked_as)
  WHERE EXISTS (SELECT 1 FROM held) AND ${items}.ctid = found.place AND (${stateMayBecome(to)}) IS TRUE
  RETURNING 1)
SELECT (SELECT count(*) FROM held)::int AS held, (SELECT count(*) FROM moved)::int AS moved`);
  const { held, moved } = rows[0]!;
  if (held !== 1) throw new OperationFenceLost(operation.id);
  return moved;
}

/**
 * Where the rows of these keys are that may become `to`: one look into the index over keys for each, whatever the planner
 * believes. Its statistics never know an operation that has just begun, so it takes the operation for one row and would read
 * all of it for every batch (20,000 items: 100 ms instead of 10). Therefore the operation is compared as text, which no index
 * serves, and OFFSET keeps the look from being turned into a join.
 *
 * Whoever writes repeats the condition on the state (IS TRUE, which no index serves either): a row that has moved meanwhile is
 * followed, and judged anew.
 */
function placesOf(operation: Working, itemKeys: readonly string[], to: ItemState): SQL {
  const { operationItems: items } = schema;
  return sql`
    SELECT place, position, asked_as FROM unnest(${textArray(itemKeys)}) WITH ORDINALITY AS asked(key, asked_as) CROSS JOIN LATERAL (
      SELECT ${items}.ctid AS place, ${items.position} AS position FROM ${items}
      WHERE ${items.itemKey} = asked.key AND ${items.operationId}::text = ${operation.id} AND ${stateMayBecome(to)} OFFSET 0) AS item`;
}

function stateMayBecome(to: ItemState): SQL {
  return sql`${schema.operationItems.state} = ANY(${textArray(itemStatesBefore(to))})`;
}

/** As one parameter, however many there are. */
function textArray(values: readonly string[]): SQL {
  return sql`${sql.param(values)}::text[]`;
}
