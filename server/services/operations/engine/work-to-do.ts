/** What collectors have to do: plans to compute, operations to execute, holds to measure. */
import { and, asc, eq, inArray, isNull, lte, notInArray, or } from 'drizzle-orm';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { schema, type Database } from '@/server/store/postgres';
import type { HoldRow, OperationRow } from '../operation-rows';

/** Operations that a collector can bring forward now, oldest first. */
export async function actionableOperations(db: Database, now: Date, limit: number): Promise<Pick<OperationRow, 'id' | 'state'>[]> {
  const { operations: table } = schema;
  return db.select({ id: table.id, state: table.state }).from(table).where(or(
    inArray(table.state, ['draft', 'running']),
    and(eq(table.state, 'approved'), or(isNull(table.startAt), lte(table.startAt, now))),
  )).orderBy(asc(table.requestedAt)).limit(limit);
}

/** Holds that are in place. */
export async function openHolds(db: Database): Promise<HoldRow[]> {
  return db.select().from(schema.holds).where(notInArray(schema.holds.state, [...HOLD_OVER])).orderBy(asc(schema.holds.requestedAt));
}
