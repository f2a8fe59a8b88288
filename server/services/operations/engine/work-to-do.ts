/** What collectors have to do: plans to compute, operations to execute, holds to measure. */
import { and, asc, eq, inArray, isNull, lte, notInArray, or, sql } from 'drizzle-orm';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import type { OperationKind } from '@/server/domain/operations/kinds';
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

/** Whether a hold that was found dropped is still meant to be there: nobody ends it, and nobody is about to. */
export async function isStillMeant(db: Database, hold: Pick<HoldRow, 'id' | 'channelId' | 'kind'>): Promise<boolean> {
  const { holds, channelLocks, operations } = schema;
  const meant = await db.select({ id: holds.id }).from(holds).where(and(eq(holds.id, hold.id), notInArray(holds.state, [...HOLD_OVER, 'releasing'])));
  // Whoever has the channel may take the hold away at any moment; a canary leaves it in place, and so does a ramp until it says otherwise. A
  // reroute leaves the pause in place that it lies over, and so does its restore.
  const leaves: OperationKind[] = hold.kind === 'pause' ? ['canary', 'reroute', 'restore'] : ['canary'];
  const acting = await db.select({ id: operations.id }).from(channelLocks).innerJoin(operations, eq(operations.id, channelLocks.operationId))
    .where(and(eq(channelLocks.channelId, hold.channelId), notInArray(operations.kind, leaves), sql`not ${operations.request} ? 'ramp'`));
  return meant.length > 0 && acting.length === 0;
}
