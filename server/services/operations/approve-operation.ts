import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { APPROVAL_MS } from '@/server/domain/operations/approval-policy';
import { locksOf, operationPlan } from '@/server/domain/operations/plan';
import { partIn, peopleMissing } from '@/server/domain/operations/two-people';
import { actorInWords, actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { refuseWhileDisabled } from './lever-switch';
import type { Transaction } from '../contracts/console-state';
import { findOperation, loadOperation, moveOperation, nowOtherwise, writeEvent, type OperationRow } from './operation-rows';
import { requireScopeOf } from './operation-scope';
import type { OperationView } from './operation-view';
import { readOperation } from './read-operation';
import { takeChannel } from './take-channel';

export const approveInput = z.strictObject({ id: z.uuid(), planHash: z.string(), comment: z.string().trim().max(500).optional() });
export const rejectInput = z.strictObject({ id: z.uuid(), reason: z.string().trim().min(3, { error: 'must say why, in words' }).max(500) });

/**
 * The second person agrees to the plan with this hash. Only a person who had no part in it, only within the scope. Where a
 * machine asked for it there is no first person yet: whoever agrees becomes that one, and it goes on waiting for the second.
 *
 * @throws Refusal not-found; invalid (self-approval, scope); conflict (another plan, expired, too late)
 */
export async function approveOperation(context: ServiceContext, input: z.input<typeof approveInput>): Promise<OperationView> {
  const { id, planHash, comment } = approveInput.parse(input);
  const known = await findOperation(context.db, id);
  await audited(context, { action: 'operation.approve', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    record({ reason: comment ?? null, planHash });
    const scopes = authorize(context, 'operations:approve', `Operation ${id}`);
    const row = await loadOperation(tx, id);
    refuseOwn(context, row);
    if (row.state !== 'awaiting-approval') throw nowOtherwise(row, 'approved');
    if (row.planHash !== planHash) throw new Refusal('conflict', 'The plan is another one than the one you read. Read it again, then approve that one.');
    const now = context.now();
    if (row.approvalExpiresAt !== null && row.approvalExpiresAt <= now) throw new Refusal('conflict', 'Nobody approved it in time; the wait has expired. Let the requester make a new plan.');
    const plan = operationPlan.parse(row.plan);
    const locks = locksOf(plan);
    if (locks.length > 0) throw new Refusal('conflict', `The lever is locked: ${locks.map(({ sentence }) => sentence).join(' ')}`);
    requireScopeOf(scopes, plan, row.kind as never, row.flowId);
    await refuseWhileDisabled(tx);
    const by = actorLabel(context.actor);
    if (peopleMissing(row) === 2) {
      await beFirst(tx, context, row, now);
      return record({ before: { state: row.state, firstBy: null }, after: { state: row.state, firstBy: by } });
    }
    const moved = await moveOperation(tx, id, 'approved', {
      now, by, sentence: `${actorInWords(by)} approved it.`, from: ['awaiting-approval'],
      change: { approvedBy: by, approvedByUser: userOf(context), approvedAt: now, approvalExpiresAt: new Date(now.getTime() + APPROVAL_MS) },
      condition: and(eq(schema.operations.planHash, planHash), gt(schema.operations.approvalExpiresAt, now), ne(schema.operations.firstByUser, userOf(context))) ?? sql`true`,
    });
    if (!moved) throw nowOtherwise(await loadOperation(tx, id), 'approved');
    await takeChannel(tx, moved, now);
    record({ before: { state: row.state }, after: { state: moved.state } });
  });
  return readOperation(context, { id });
}

/** The second person does not agree; the operation ends. @throws Refusal not-found, invalid, conflict */
export async function rejectOperation(context: ServiceContext, input: z.input<typeof rejectInput>): Promise<OperationView> {
  const { id, reason } = rejectInput.parse(input);
  const known = await findOperation(context.db, id);
  await audited(context, { action: 'operation.reject', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    record({ reason, planHash: known?.planHash ?? null });
    const scopes = authorize(context, 'operations:approve', `Operation ${id}`);
    const row = await loadOperation(tx, id);
    refuseOwn(context, row);
    if (row.state !== 'awaiting-approval') throw nowOtherwise(row, 'rejected');
    requireScopeOf(scopes, operationPlan.parse(row.plan), row.kind as never, row.flowId);
    const by = actorLabel(context.actor);
    const now = context.now();
    const moved = await moveOperation(tx, id, 'aborted', { now, by, sentence: `${actorInWords(by)} rejected it: ${reason}`, from: ['awaiting-approval'], change: { finishedAt: now } });
    if (!moved) throw nowOtherwise(await loadOperation(tx, id), 'rejected');
    record({ before: { state: row.state }, after: { state: moved.state } });
  });
  return readOperation(context, { id });
}

/** The first of two people; the wait begins anew, so that the second has the whole of it. @throws Refusal conflict */
async function beFirst(tx: Transaction, context: ServiceContext, row: OperationRow, now: Date): Promise<void> {
  const { operations } = schema;
  const by = actorLabel(context.actor);
  const sentence = `${actorInWords(by)} agreed as the first person; a second one has to.`;
  const [first] = await tx.update(operations)
    .set({ firstBy: by, firstByUser: userOf(context), approvalExpiresAt: new Date(now.getTime() + APPROVAL_MS), summary: sentence, updatedAt: now })
    .where(and(eq(operations.id, row.id), eq(operations.state, 'awaiting-approval'), eq(operations.planHash, row.planHash ?? ''), isNull(operations.firstByUser), gt(operations.approvalExpiresAt, now)))
    .returning({ id: operations.id });
  if (!first) throw new Refusal('conflict', 'Somebody else has just agreed as the first person, or the operation was decided. Look at it again.');
  await writeEvent(tx, { operationId: row.id, holdId: row.holdId, at: now, by, kind: 'first-person', sentence });
}

/** @throws Refusal invalid */
function userOf({ actor }: Pick<ServiceContext, 'actor'>): string {
  if (actor.kind !== 'user') throw new Refusal('invalid', 'Only a signed-in person can decide about an operation; a token or a command line cannot.');
  return actor.id;
}

/** @throws Refusal invalid: a second person is another one */
export function refuseOwn({ actor }: Pick<ServiceContext, 'actor'>, row: OperationRow): void {
  if (actor.kind !== 'user') throw new Refusal('invalid', 'Only a signed-in person can decide about an operation; a token or a command line cannot.');
  const part = partIn(row, actor);
  if (part !== null) throw new Refusal('invalid', part);
}
