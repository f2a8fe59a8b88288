/** Steps of an operation over several channels, as its collector moves them. Every move is a line of the timeline and audited. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Json } from '@/server/domain/canonical-json';
import type { PlanPart } from '@/server/domain/operations/plan';
import { isSettled, stepStatesBefore, type StepState } from '@/server/domain/operations/step-states';
import { ownerUserOf } from '@/server/domain/operations/two-people';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import type { Transaction } from '../../contracts/console-state';
import { writeEvent, type OperationRow, type StepRow } from '../operation-rows';
import { fenced } from './fenced';
import { COLLECTORS } from './store-plan';

interface Working { id: string; fence: bigint }

/** The hold with which a step begins: the one that a pause makes, or the one that a release ends. */
export type FirstHold = { opens: { part: PlanPart; reviewBy: Date } } | { releases: string };

/**
 * `waiting` → `running`, with its hold, before anything is done at the source.
 *
 * @returns false when it is in another state
 */
export function beginStep(db: Database, operation: Working, position: number, first: FirstHold, now: Date): Promise<boolean> {
  return move(db, operation, position, { to: 'running', sentence: 'Being carried out.', change: { startedAt: now } }, now, async (tx, row, step) => {
    if ('releases' in first) {
      await tx.update(schema.holds).set({ state: 'releasing', observation: 'Being released.' }).where(eq(schema.holds.id, first.releases));
      return;
    }
    const { part: { act, holdBudget }, reviewBy } = first.opens;
    await tx.insert(schema.holds).values({
      id: step.holdId, kind: 'pause', flowId: row.flowId, hopId: step.hopId, sourceId: step.sourceId, channelId: step.channelId, method: step.method,
      state: 'requested', observation: 'Being put in place.', budget: holdBudget ?? {}, canary: act.canary ?? {}, nativeCommands: act.nativeCommands,
      openedBy: row.id, owner: row.owner, ownerUser: ownerUserOf(row), reviewBy, requestedAt: now, record: { action: act.action, notes: {} },
    });
  });
}

export interface StepChange {
  to: StepState;
  sentence: string;
  /** Why it could not be done. */
  problem?: string;
  /** What becomes of its hold with it. */
  hold?: { state: string; observation: string };
}

/** @returns false when the step is in a state from which it does not become that: nothing was written */
export function moveStep(db: Database, operation: Working, position: number, { hold, ...change }: StepChange, now: Date): Promise<boolean> {
  return move(db, operation, position, { ...change, change: change.to === 'verifying' ? { carriedOutAt: now } : {} }, now, async (tx, row, step) => {
    if (!hold) return;
    const isOver = hold.state === 'released';
    await tx.update(schema.holds).set({ ...hold, ...(isOver ? { overAt: now, closedBy: row.id } : {}) }).where(eq(schema.holds.id, step.holdId));
  });
}

/** The connector's own notes of one channel; those of a pause are kept with its hold too, which needs them longest. */
export async function rememberStep(db: Database, operation: Working, { position, holdId }: Pick<StepRow, 'position' | 'holdId'>, record: Json): Promise<void> {
  const { operationSteps: steps, holds } = schema;
  await fenced(db, operation, async (tx, row) => {
    await tx.update(steps).set({ record }).where(and(eq(steps.operationId, operation.id), eq(steps.position, position)));
    if (row.kind === 'pause') await tx.update(holds).set({ record: sql`jsonb_set(${holds.record}, '{notes}', ${JSON.stringify(record)}::jsonb)` }).where(eq(holds.id, holdId));
  });
}

async function move(
  db: Database, operation: Working, position: number, { to, sentence, problem, change }: Omit<StepChange, 'hold'> & { change: Partial<StepRow> }, now: Date,
  also: (tx: Transaction, row: OperationRow, step: StepRow) => Promise<void>,
): Promise<boolean> {
  const { operationSteps: steps } = schema;
  return fenced(db, operation, async (tx, row) => {
    const [step] = await tx.update(steps)
      .set({ ...change, state: to, sentence, ...(problem === undefined ? {} : { problem }), ...(isSettled(to) ? { settledAt: now } : {}) })
      .where(and(eq(steps.operationId, operation.id), eq(steps.position, position), inArray(steps.state, stepStatesBefore(to)))).returning();
    if (!step) return false;
    await also(tx, row, step);
    await writeEvent(tx, { operationId: operation.id, holdId: step.holdId, at: now, by: 'system:collectors', kind: `step-${to}`, sentence: `Step ${position}, ${step.hopId}: ${sentence}` });
    await recordAudit(tx, { actor: COLLECTORS, now: () => now }, {
      action: 'operation.step', subject: `operation:${row.id}`, flowId: row.flowId, planHash: row.planHash, after: { step: position, hop: step.hopId, channel: step.channelId, state: to, sentence, ...(problem === undefined ? {} : { problem }) },
    });
    return true;
  });
}
