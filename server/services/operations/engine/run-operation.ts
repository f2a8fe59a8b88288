/** Beginning, showing and ending an execution. Every change of state is audited as done by the collectors. */
import { eq, sql } from 'drizzle-orm';
import type { Json } from '@/server/domain/canonical-json';
import type { OperationState } from '@/server/domain/operations/operation-states';
import type { OperationPlan } from '@/server/domain/operations/plan';
import type { OperationRequest, RequestOf } from '@/server/domain/operations/request';
import { ownerUserOf } from '@/server/domain/operations/two-people';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../../audit/record-audit';
import type { Transaction } from '../../contracts/console-state';
import { moveOperation, writeEvent, type OperationRow } from '../operation-rows';
import type { OperationProgress } from '../operation-view';
import { giveChannelBack } from '../take-channel';
import { fenced } from './fenced';
import { COLLECTORS } from './store-plan';

interface Working { id: string; fence: bigint }

const BY = 'system:collectors';

/** `approved` → `running`. A pause or reroute puts its hold into the list before anything is done at the source. @returns null when it was stopped meanwhile */
export async function beginOperation(db: Database, operation: Working, plan: OperationPlan, request: OperationRequest, now: Date): Promise<OperationRow | null> {
  return fenced(db, operation, async (tx, row) => {
    const moved = await moveOperation(tx, operation.id, 'running', { now, by: BY, sentence: 'Running.', change: { startedAt: now } });
    if (!moved) return null;
    // Where there are several channels, each step has a hold of its own.
    if (row.holdId !== null && (request.kind === 'pause' || request.kind === 'reroute')) {
      await tx.insert(schema.holds).values({
        id: row.holdId, kind: request.kind, flowId: row.flowId, hopId: row.hopId, sourceId: row.sourceId, channelId: row.channelId, method: row.method!,
        state: 'requested', observation: 'Being put in place.', budget: plan.holdBudget ?? {}, canary: plan.act.canary ?? {}, nativeCommands: plan.act.nativeCommands,
        openedBy: row.id, owner: row.owner, ownerUser: ownerUserOf(row), reviewBy: new Date(request.reviewBy), requestedAt: now, record: { action: plan.act.action, notes: {} },
      });
    }
    // A ramp keeps its hold until the last step.
    const endsHold = request.kind === 'restore' || (request.kind === 'release' && request.ramp === undefined);
    if (endsHold && row.holdId !== null) {
      await tx.update(schema.holds).set({ state: 'releasing', observation: 'Being released.' }).where(eq(schema.holds.id, row.holdId));
    }
    await audit(tx, row, 'operation.begin', now, { state: 'running' });
    return moved;
  });
}

/** What the page shows while it runs. */
export async function showProgress(db: Database, operation: Working, progress: OperationProgress, now: Date): Promise<void> {
  await fenced(db, operation, (tx) => tx.update(schema.operations)
    .set({ progress, updatedAt: now, ...(progress.sentence === undefined ? {} : { summary: progress.sentence }) }).where(eq(schema.operations.id, operation.id)));
}

/** The connector's own notes; those of a hold-maker are kept with the hold too, which needs them longest. */
export async function rememberRecord(db: Database, operation: Working, record: Json): Promise<void> {
  await fenced(db, operation, async (tx, row) => {
    await tx.update(schema.operations).set({ record }).where(eq(schema.operations.id, operation.id));
    if (row.holdId !== null && (row.kind === 'pause' || row.kind === 'reroute')) {
      await tx.update(schema.holds).set({ record: sql`jsonb_set(${schema.holds.record}, '{notes}', ${JSON.stringify(record)}::jsonb)` }).where(eq(schema.holds.id, row.holdId));
    }
  });
}

/**
 * A step of an execution is over, or begins: its line in the timeline, its audit event and the connector's notes are written
 * together, so that a next life finds all of them or none.
 *
 * @param told.endsHold from here on the hold is being released
 */
export async function recordStep(db: Database, operation: Working, told: { record: Json; sentence: string; now: Date; endsHold: boolean }): Promise<void> {
  await fenced(db, operation, async (tx, row) => {
    await tx.update(schema.operations).set({ record: told.record, summary: told.sentence, updatedAt: told.now }).where(eq(schema.operations.id, operation.id));
    if (told.endsHold && row.holdId !== null) await tx.update(schema.holds).set({ state: 'releasing', observation: 'Being released.' }).where(eq(schema.holds.id, row.holdId));
    await writeEvent(tx, { operationId: row.id, holdId: row.holdId, at: told.now, by: BY, kind: 'step', sentence: told.sentence });
    await audit(tx, row, 'operation.step', told.now, { sentence: told.sentence });
  });
}

/** One message is changed: which places, with keyed digests of the values before and after. */
export async function recordEdit(db: Database, operation: Working, changes: readonly { at: string; before: string }[], now: Date): Promise<void> {
  await fenced(db, operation, async (tx, row) => {
    await writeEvent(tx, { operationId: row.id, at: now, by: BY, kind: 'edit', sentence: `Changing ${changes.map(({ at }) => at).join(', ')} of the message.` });
    const { edit = [] } = row.request as Pick<RequestOf<'replay'>, 'edit'>;
    await audit(tx, row, 'operation.edit', now, { changes: changes.map((change) => ({ ...change, after: edit.find(({ at }) => at === change.at)?.digest ?? null })) });
  });
}

/** Moves an operation that a collector works on to another state; a final one gives the channel back. */
export async function changeState(
  db: Database, operation: Working, to: OperationState, told: { sentence: string; now: Date; progress?: OperationProgress; hold?: { state: string; observation: string } },
): Promise<boolean> {
  return fenced(db, operation, async (tx, row) => {
    const isEnd = ['done', 'partly-done', 'failed', 'aborted'].includes(to);
    const moved = await moveOperation(tx, operation.id, to, {
      now: told.now, by: BY, sentence: told.sentence,
      change: { ...(isEnd ? { finishedAt: told.now } : {}), ...(told.progress === undefined ? {} : { progress: told.progress }) },
    });
    if (!moved) return false;
    // Nothing acts on the source after the execution: what is verified is only looked at.
    await giveChannelBack(tx, operation.id);
    if (told.hold && row.holdId !== null) {
      const isOver = told.hold.state === 'released' || told.hold.state === 'restored';
      await tx.update(schema.holds).set({ ...told.hold, ...(isOver ? { overAt: told.now, closedBy: row.id } : {}) }).where(eq(schema.holds.id, row.holdId));
    }
    await audit(tx, row, isEnd ? 'operation.end' : 'operation.state', told.now, { state: to, sentence: told.sentence });
    return true;
  });
}

async function audit(tx: Transaction, row: OperationRow, action: string, now: Date, after: Json): Promise<void> {
  await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action, subject: `operation:${row.id}`, flowId: row.flowId, planHash: row.planHash, before: { state: row.state }, after });
}
