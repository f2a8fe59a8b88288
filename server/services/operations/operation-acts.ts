/** What somebody may do with an operation now, and why not; the same rules as the verbs, in words before the button. */
import { isEdit } from '@/server/domain/operations/edit';
import { locksOf, operationPlan } from '@/server/domain/operations/plan';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import { partIn } from '@/server/domain/operations/two-people';
import { actorInWords, may as holds, type Actor } from '@/server/domain/roles/actor';
import type { OperationRow } from './operation-rows';
import type { OperationAct, OperationView } from './operation-view';

type Verdicts = OperationView['may'];
const YES = { allowed: true, because: '' };
const no = (because: string) => ({ allowed: false, because });

export function actsOf(row: OperationRow, actor: Actor, now: Date): Verdicts {
  const state = row.state as OperationState;
  const plan = row.plan === null ? null : operationPlan.parse(row.plan);
  const locks = plan === null ? [] : locksOf(plan);
  const runs = holds(actor, 'operations:run');
  const part = actor.kind === 'user' ? partIn(row, actor) : null;

  const confirm = (): { allowed: boolean; because: string } => {
    if (!runs) return no('Your roles do not include operations:run.');
    if (state === 'draft') return no('The plan is still being computed.');
    if (state !== 'planned') return no('It was decided already.');
    return locks.length > 0 ? no(locks.map(({ sentence }) => sentence).join(' ')) : YES;
  };
  const decide = (): { allowed: boolean; because: string } => {
    if (!holds(actor, 'operations:approve')) return no('Your roles do not include operations:approve.');
    if (state !== 'awaiting-approval') return no('It does not wait for an approval.');
    if (part !== null) return no(part);
    return row.approvalExpiresAt !== null && row.approvalExpiresAt <= now ? no('The wait has expired; a new plan is needed.') : YES;
  };
  const emergency = (): { allowed: boolean; because: string } => {
    if (!holds(actor, 'operations:emergency')) return no('Your roles do not include operations:emergency.');
    const first = confirm();
    if (!first.allowed) return first;
    if (plan !== null && isEdit(plan)) return no('A message that is changed is never sent without the second person.');
    return plan?.approval.needed === 'four-eyes' ? YES : no('No second person is needed.');
  };
  const review = (): { allowed: boolean; because: string } => {
    if (!row.emergency || row.reviewedAt !== null) return no('There is nothing to review.');
    if (!holds(actor, 'operations:approve')) return no('Your roles do not include operations:approve.');
    return part !== null ? no(part) : YES;
  };
  const stop = (): { allowed: boolean; because: string } => {
    if (isFinal(state) || state === 'awaiting-confirmation') return no('There is nothing left to stop.');
    if (row.stopRequestedAt !== null) return no(`${actorInWords(row.stopRequestedBy ?? 'somebody')} has asked for that already.`);
    return runs ? YES : no('Your roles do not include operations:run.');
  };
  const stopping = stop();
  const acts: Record<OperationAct, { allowed: boolean; because: string }> = {
    confirm: confirm(), emergency: emergency(), approve: decide(), reject: decide(), review: review(),
    stop: state === 'running' || state === 'verifying' ? stopping : no('It is not running.'),
    cancel: ['draft', 'planned', 'awaiting-approval', 'approved'].includes(state) ? stopping : no('It has begun, or it is over.'),
  };
  return acts;
}
