/** Operations as they are stored, and the one way in which their state changes. */
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { isFinal, statesBefore, type OperationState } from '@/server/domain/operations/operation-states';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';

export type OperationRow = typeof schema.operations.$inferSelect;
export type HoldRow = typeof schema.holds.$inferSelect;
export type StepRow = typeof schema.operationSteps.$inferSelect;
export type ItemRow = typeof schema.operationItems.$inferSelect;

type Change = Partial<typeof schema.operations.$inferInsert>;

/** For what is said of an operation whether it exists or not, e.g. the audit event of a refusal. */
export async function findOperation(db: Pick<Database, 'query'>, id: string): Promise<OperationRow | null> {
  return (await db.query.operations.findFirst({ where: (operation, { eq: is }) => is(operation.id, id) })) ?? null;
}

/** @throws Refusal not-found */
export async function loadOperation(db: Pick<Database, 'query'>, id: string): Promise<OperationRow> {
  const row = await findOperation(db, id);
  if (!row) throw new Refusal('not-found', `Operation ${id} was not found.`);
  return row;
}

/** The channels of an operation over several, in the order of acting; none where it acts on one. */
export async function loadSteps(db: Pick<Database, 'query'>, operationId: string): Promise<StepRow[]> {
  return db.query.operationSteps.findMany({ where: (step, { eq: is }) => is(step.operationId, operationId), orderBy: (step, { asc }) => [asc(step.position)] });
}

/** @throws Refusal not-found */
export async function loadHold(db: Pick<Database, 'query'>, id: string): Promise<HoldRow> {
  const row = await db.query.holds.findFirst({ where: (hold, { eq: is }) => is(hold.id, id) });
  if (!row) throw new Refusal('not-found', `Hold ${id} was not found.`);
  return row;
}

/**
 * Moves an operation to another state if it is in one that allows it, and writes the timeline. Whoever comes second finds
 * the state changed.
 *
 * @param condition further conditions on the row, e.g. the fence or the hash that somebody saw
 * @returns the row as it is now; null when it was not in such a state, or a condition did not hold: nothing was written
 */
export async function moveOperation(
  tx: Transaction | Database, id: string, to: OperationState, told: { now: Date; by: string; sentence: string; change?: Change; condition?: SQL; from?: readonly OperationState[] },
): Promise<OperationRow | null> {
  const { operations } = schema;
  const [row] = await tx.update(operations)
    .set({ ...told.change, state: to, summary: told.sentence, updatedAt: told.now })
    .where(and(eq(operations.id, id), inArray(operations.state, [...(told.from ?? statesBefore(to))]), told.condition ?? sql`true`))
    .returning();
  if (!row) return null;
  // Values that somebody wrote into a message are needed until it is sent, and by nobody afterwards.
  if (isFinal(to) || to === 'verifying') await tx.delete(schema.operationEdits).where(eq(schema.operationEdits.operationId, id));
  await writeEvent(tx, { operationId: id, holdId: row.holdId, at: told.now, by: told.by, kind: to, sentence: told.sentence });
  return row;
}

/** One line of the timeline of an operation, a hold, or both. */
export async function writeEvent(
  tx: Transaction | Database, event: { operationId?: string | null; holdId?: string | null; at: Date; by: string; kind: string; sentence: string },
): Promise<void> {
  await tx.insert(schema.operationEvents).values({ ...event, id: uuidv7(event.at.getTime()), operationId: event.operationId ?? null, holdId: event.holdId ?? null });
}

/** The refusal for a verb that came too late. */
export function nowOtherwise(row: OperationRow, verb: string): Refusal {
  return new Refusal('conflict', `The operation cannot be ${verb} any more: it is ${row.state} (${row.summary}). Look at it again.`);
}
