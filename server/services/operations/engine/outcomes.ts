import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { ItemState } from '@/server/domain/operations/item-states';
import { schema, type Database } from '@/server/store/postgres';
import type { OperationRow } from '../operation-rows';

const MOST_AT_ONCE = 50;

/** Replays, canaries and ramps that have sent what they could and wait for results, the one looked at longest ago first. */
export async function operationsToSettle(db: Database): Promise<OperationRow[]> {
  const { operations: table } = schema;
  return db.select().from(table).where(and(inArray(table.kind, ['replay', 'canary', 'release']), inArray(table.state, ['verifying', 'awaiting-confirmation']))).orderBy(asc(table.updatedAt)).limit(MOST_AT_ONCE);
}

export async function itemCounts(db: Database, operationId: string): Promise<Partial<Record<ItemState, number>>> {
  const { operationItems: items } = schema;
  const rows = await db.select({ state: items.state, n: sql<number>`count(*)::int` }).from(items).where(eq(items.operationId, operationId)).groupBy(items.state);
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}
