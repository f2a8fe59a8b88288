import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { APPROVAL_MS } from '@/server/domain/operations/approval-policy';
import { isEdit } from '@/server/domain/operations/edit';
import { locksOf, operationPlan, type OperationPlan } from '@/server/domain/operations/plan';
import { actorInWords, actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { invalidField, Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { refuseWhileDisabled } from './lever-switch';
import { findOperation, loadOperation, moveOperation, nowOtherwise, type OperationRow } from './operation-rows';
import { makersOf } from './makers-of';
import { requireScopeOf } from './operation-scope';
import type { OperationView } from './operation-view';
import { readOperation } from './read-operation';
import { takeChannel } from './take-channel';

export const confirmInput = z.strictObject({
  id: z.uuid(),
  /** The hash of the plan that was read: another plan is not confirmed by it. */
  planHash: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be the SHA-256 of the plan in hex' }),
  reason: z.string().trim().min(3, { error: 'must say why, in words' }).max(500),
  ticket: z.string().trim().max(100).optional(),
  typed: z.string().max(200).optional(),
});

/** A plan that nobody confirmed for so long says little about the source. */
const PLAN_VALID_MS = 15 * 60_000;

/**
 * Sets a planned operation going, or asks for the second person whom the plan demands.
 *
 * @throws Refusal not-found; invalid (scope, typed word); conflict: locked, another plan, too old, somebody else acts on the channel
 */
export function confirmOperation(context: ServiceContext, input: z.input<typeof confirmInput>): Promise<OperationView> {
  return confirm(context, input, false);
}

/**
 * The emergency path: skips the second person, never the first, class R0, a precondition or a lock. A review stays open until
 * somebody else signs it.
 */
export function confirmInEmergency(context: ServiceContext, input: z.input<typeof confirmInput>): Promise<OperationView> {
  return confirm(context, input, true);
}

async function confirm(context: ServiceContext, input: z.input<typeof confirmInput>, emergency: boolean): Promise<OperationView> {
  const { id, planHash, reason, ticket, typed } = confirmInput.parse(input);
  const known = await findOperation(context.db, id);
  await audited(context, { action: emergency ? 'operation.confirm-in-emergency' : 'operation.confirm', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    const scopes = authorize(context, emergency ? 'operations:emergency' : 'operations:run', `Operation ${id}`);
    record({ reason, ticket: ticket ?? null, planHash });
    const row = await loadOperation(tx, id);
    if (row.state === 'awaiting-approval' || row.state === 'approved' || row.state === 'running') {
      // The same confirmation again.
      if (row.planHash === planHash && !emergency) return record('nothing-changed');
    }
    if (row.state !== 'planned') throw nowOtherwise(row, 'confirmed');
    const plan = confirmable(row, planHash, context.now());
    requireScopeOf(scopes, plan, row.kind as never, row.flowId);
    await refuseWhileDisabled(tx);
    if (plan.typedConfirmation !== null && typed !== plan.typedConfirmation) throw invalidField('typed', `must be "${plan.typedConfirmation}": this act is guarded`);
    const needsSecond = plan.approval.needed === 'four-eyes';
    if (emergency && !needsSecond) throw new Refusal('invalid', 'No second person is needed for this plan: confirm it the ordinary way.');
    if (emergency && context.actor.kind !== 'user') throw new Refusal('invalid', 'An emergency skips the second person, never the first: only somebody who is signed in can begin it.');
    if (emergency && isEdit(plan)) throw new Refusal('invalid', 'A message that is changed is never sent without the second person. Replay it as it is, or find somebody who approves.');
    const now = context.now();
    const isPerson = context.actor.kind === 'user';
    const change = {
      // Whoever takes on what a machine asked for answers for it.
      ...(isPerson && row.requestedByUser === null ? { owner: actorLabel(context.actor) } : {}),
      firstBy: isPerson ? actorLabel(context.actor) : null, firstByUser: context.actor.kind === 'user' ? context.actor.id : null,
      standBehind: [...new Set([...row.standBehind, ...await makersOf(tx, context.actor)])], reason, ticket: ticket ?? null, confirmedAt: now, emergency, approvalExpiresAt: new Date(now.getTime() + APPROVAL_MS),
    };
    const by = actorLabel(context.actor);
    const waits = needsSecond && !emergency;
    const moved = waits
      ? await moveOperation(tx, id, 'awaiting-approval', { now, by, sentence: `${actorInWords(by)} asks for ${isPerson ? 'a second person' : 'two people, because no person asked'}: ${plan.approval.because.join(' ')}`, change, condition: eq(schema.operations.planHash, planHash) })
      : await moveOperation(tx, id, 'approved', {
        now, by, sentence: emergency ? `${actorInWords(by)} began it in an emergency without a second person; the review is open.` : `${actorInWords(by)} confirmed it.`,
        change: { ...change, approvedAt: now }, from: ['planned'], condition: eq(schema.operations.planHash, planHash),
      });
    if (!moved) throw nowOtherwise(await loadOperation(tx, id), 'confirmed');
    if (!waits) await takeChannel(tx, moved, now);
    record({ before: { state: row.state }, after: { state: moved.state, emergency } });
  });
  return readOperation(context, { id });
}

/** @throws Refusal conflict */
function confirmable(row: OperationRow, planHash: string, now: Date): OperationPlan {
  if (row.planHash !== planHash) throw new Refusal('conflict', 'The plan is another one than the one you read. Read it again, then confirm that one.');
  const plan = operationPlan.parse(row.plan);
  const locks = locksOf(plan);
  if (locks.length > 0) throw new Refusal('conflict', `The lever is locked: ${locks.map(({ sentence }) => sentence).join(' ')}`);
  if (row.plannedAt !== null && now.getTime() - row.plannedAt.getTime() > PLAN_VALID_MS) throw new Refusal('conflict', 'The plan is more than 15 minutes old, and the source may have changed. Make a new one.');
  return plan;
}
