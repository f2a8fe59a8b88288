import { instantWords } from '@/server/domain/instant-words';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import { actorInWords, actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { refuseOwn } from './approve-operation';
import { findOperation, loadOperation, moveOperation, nowOtherwise, writeEvent } from './operation-rows';
import type { OperationView } from './operation-view';
import { readOperation } from './read-operation';
import { giveChannelBack } from './take-channel';

export const stopInput = z.strictObject({ id: z.uuid(), reason: z.string().trim().max(500).optional() });
export const reviewInput = z.strictObject({ id: z.uuid(), comment: z.string().trim().min(3, { error: 'must say what you found' }).max(500) });

/** Where nothing was done yet, stopping it is all there is to do. */
const NOT_BEGUN: readonly OperationState[] = ['draft', 'planned', 'awaiting-approval', 'approved'];

/**
 * Stops an operation: one that has not begun ends at once; one that runs finishes what is in the air and begins nothing new.
 *
 * @throws Refusal not-found; conflict when it has ended
 */
export async function stopOperation(context: ServiceContext, input: z.input<typeof stopInput>): Promise<OperationView> {
  const { id, reason } = stopInput.parse(input);
  const known = await findOperation(context.db, id);
  await audited(context, { action: 'operation.stop', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    record({ reason: reason ?? null, planHash: known?.planHash ?? null });
    authorize(context, 'operations:run', `Operation ${id}`);
    const row = await loadOperation(tx, id);
    const by = actorLabel(context.actor);
    const now = context.now();
    const why = reason === undefined || reason === '' ? '' : `: ${reason}`;
    if (isFinal(row.state as OperationState)) throw nowOtherwise(row, 'stopped');
    const ended = await moveOperation(tx, id, 'aborted', { now, by, sentence: `${actorInWords(by)} stopped it before it began${why}.`, from: NOT_BEGUN, change: { stopRequestedBy: by, stopRequestedAt: now, finishedAt: now } });
    if (ended) {
      await giveChannelBack(tx, id);
      return record({ before: { state: row.state }, after: { state: 'aborted' } });
    }
    const { operations } = schema;
    const asked = await tx.update(operations).set({ stopRequestedBy: by, stopRequestedAt: now, updatedAt: now })
      .where(and(eq(operations.id, id), inArray(operations.state, ['running', 'verifying']), isNull(operations.stopRequestedAt))).returning({ id: operations.id });
    if (asked.length > 0) await writeEvent(tx, { operationId: id, at: now, by, kind: 'stop', sentence: `${actorInWords(by)} asked to stop it${why}.` });
    record({ before: { state: row.state }, after: { stopRequested: true } });
  });
  return readOperation(context, { id });
}

/** Signs the review of an operation that was begun in an emergency without a second person. @throws Refusal not-found, invalid, conflict */
export async function reviewOperation(context: ServiceContext, input: z.input<typeof reviewInput>): Promise<OperationView> {
  const { id, comment } = reviewInput.parse(input);
  const known = await findOperation(context.db, id);
  await audited(context, { action: 'operation.review', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    record({ reason: comment, planHash: known?.planHash ?? null });
    authorize(context, 'operations:approve', `Operation ${id}`);
    const row = await loadOperation(tx, id);
    refuseOwn(context, row);
    if (!row.emergency) throw new Refusal('conflict', 'It was not begun in an emergency, so there is nothing to review.');
    if (row.reviewedAt !== null) throw new Refusal('conflict', `${row.reviewedBy} reviewed it at ${instantWords(row.reviewedAt)}.`);
    const { operations } = schema;
    const by = actorLabel(context.actor);
    const now = context.now();
    const signed = await tx.update(operations).set({ reviewedBy: by, reviewedAt: now, updatedAt: now }).where(and(eq(operations.id, id), isNull(operations.reviewedAt))).returning({ id: operations.id });
    if (signed.length === 0) throw new Refusal('conflict', 'Somebody else has just reviewed it. Look at it again.');
    await writeEvent(tx, { operationId: id, at: now, by, kind: 'review', sentence: `${actorInWords(by)} reviewed the emergency: ${comment}` });
    record({ after: { reviewed: true } });
  });
  return readOperation(context, { id });
}
