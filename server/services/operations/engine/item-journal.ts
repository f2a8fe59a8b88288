/** The journal of an operation: states of its items, written under the fence before and after each act. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { itemStatesBefore, MOST_SENDING, type ItemState } from '@/server/domain/operations/item-states';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../../contracts/console-state';
import type { ItemRow } from '../operation-rows';
import { fenced } from './fenced';
import type { PlannedItem } from './store-plan';

interface Working { id: string; fence: bigint }

/** Items that are not settled, in order; `sending` and `sent` ones belong to a former life, or await their result. */
export async function openItems(db: Database, operationId: string): Promise<ItemRow[]> {
  const { operationItems: items } = schema;
  return db.select().from(items).where(and(eq(items.operationId, operationId), inArray(items.state, ['pending', 'sending', 'sent']))).orderBy(asc(items.position));
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
 * `pending` → `sending`, as many as may be in the air at once.
 *
 * @returns the keys that were claimed
 */
export async function claimItems(db: Database, operation: Working, itemKeys: readonly string[]): Promise<Set<string>> {
  const { operationItems: items } = schema;
  return fenced(db, operation, async (tx) => {
    const [sending] = await tx.select({ n: sql<number>`count(*)::int` }).from(items).where(and(eq(items.operationId, operation.id), eq(items.state, 'sending')));
    const room = Math.max(0, MOST_SENDING - (sending?.n ?? 0));
    if (room === 0 || itemKeys.length === 0) return new Set();
    const next = await tx.select({ itemKey: items.itemKey }).from(items)
      .where(and(eq(items.operationId, operation.id), inArray(items.itemKey, [...itemKeys]), eq(items.state, 'pending'))).orderBy(asc(items.position)).limit(room);
    return new Set(await move(tx, operation.id, next.map(({ itemKey }) => itemKey), 'sending', {}));
  });
}

/** Moves items to a state that they may take from where they are; others are left. @returns how many were moved */
export async function settleItems(db: Database, operation: Working, to: ItemState, settled: readonly { itemKey: string; note?: string; instead?: string | undefined }[], now: Date): Promise<number> {
  if (settled.length === 0) return 0;
  const byNote = new Map<string, { note: string; instead: string; itemKeys: string[] }>();
  for (const { itemKey, note = '', instead = '' } of settled) {
    const words = JSON.stringify([note, instead]);
    const group = byNote.get(words) ?? { note, instead, itemKeys: [] };
    group.itemKeys.push(itemKey);
    byNote.set(words, group);
  }
  return fenced(db, operation, async (tx) => {
    let moved = 0;
    for (const { note, instead, itemKeys } of byNote.values()) {
      moved += (await move(tx, operation.id, itemKeys, to, { note, instead, ...(to === 'sent' ? { sentAt: now } : to === 'pending' ? {} : { settledAt: now }) })).length;
    }
    return moved;
  });
}

async function move(tx: Transaction, operationId: string, itemKeys: readonly string[], to: ItemState, change: Partial<typeof schema.operationItems.$inferInsert>): Promise<string[]> {
  if (itemKeys.length === 0) return [];
  const { operationItems: items } = schema;
  const rows = await tx.update(items).set({ ...change, state: to })
    .where(and(eq(items.operationId, operationId), inArray(items.itemKey, [...itemKeys]), inArray(items.state, itemStatesBefore(to)))).returning({ itemKey: items.itemKey });
  return rows.map(({ itemKey }) => itemKey);
}
