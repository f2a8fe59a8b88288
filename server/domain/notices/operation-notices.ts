/** Which notices an operation calls for now. */
import type { OperationKind } from '../operations/kinds';
import type { OperationState } from '../operations/operation-states';
import type { OperationPlan } from '../operations/plan';
import { ownerUserOf, peopleMissing } from '../operations/two-people';
import { actorInWords } from '../roles/actor';
import type { Reach } from './escalation';
import { NO_FACTS, type NoticeDraft, type NoticeFacts } from './notice-draft';
import type { NoticeReason } from './reasons';
import { extentWords, minuteWords } from './words';

export interface OperationFacts {
  id: string;
  kind: OperationKind;
  state: OperationState;
  flowId: string;
  flowName: string;
  holdId: string | null;
  requestedBy: string;
  requestedByUser: string | null;
  /** The first of two people; null where no person has agreed yet. */
  firstBy: string | null;
  firstByUser: string | null;
  owner: string;
  /** Of the plan; null before there is one. */
  plan: Pick<OperationPlan, 'extent' | 'dimensions'> | null;
  confirmedAt: Date | null;
  approvalExpiresAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  emergency: boolean;
  reviewed: boolean;
  /** Items whose outcome nothing can tell. */
  unknownItems: number;
  /** Until when the business result of all that was sent is awaited; null where none is. */
  confirmBy: Date | null;
}

/** How long before the wait for an approval ends people are told once more. */
const EXPIRING_AHEAD_MS = 10 * 60_000;
/** A result may be on its way to us for so long. */
const CONFIRM_GRACE_MS = 60_000;

/** Everything that is so about the operation at `now`; the same facts give the same keys. */
export function operationNotices(row: OperationFacts, now: Date): NoticeDraft[] {
  const { extent } = row.plan ?? {};
  const counted = extent === undefined ? '' : extentWords(extent);
  const what = `The ${row.kind} of ${row.flowName}${counted === '' ? '' : ` (${counted})`}`;
  const facts: NoticeFacts = extent === undefined ? NO_FACTS : { messages: extent.messages, cases: extent.cases, money: extent.money, dueAt: null };
  const told = (reason: NoticeReason, sentence: string, more: { exceptUser?: string | null; dueAt?: Date | null } = {}): NoticeDraft => ({
    reason, occasion: row.id, sentence: `${what} ${sentence}`, flowId: row.flowId, flowName: row.flowName, operationId: row.id, holdId: row.holdId,
    owner: row.owner, ownerUser: ownerUserOf(row), exceptUser: more.exceptUser ?? null, reach: reachOf(row), facts: { ...facts, dueAt: more.dueAt?.toISOString() ?? null },
  });
  const { approvalExpiresAt: until } = row;
  const exceptUser = row.firstByUser ?? row.requestedByUser;
  const isWaiting = row.state === 'awaiting-approval' && until !== null && until > now;
  const hasEndedBadly = row.startedAt !== null && (row.state === 'failed' || row.state === 'partly-done');
  const isOver = row.finishedAt !== null;
  return [
    ...(isWaiting ? [told('approval-waiting', `waits for ${peopleMissing(row) === 2 ? 'two people' : 'a second person'} until ${minuteWords(until)}; ${actorInWords(row.requestedBy)} asked for it.`, { exceptUser, dueAt: until })] : []),
    ...(isWaiting && until.getTime() - now.getTime() <= EXPIRING_AHEAD_MS ? [told('approval-expiring', `is not approved yet, and the wait ends at ${minuteWords(until)}.`, { exceptUser, dueAt: until })] : []),
    ...(row.state === 'failed' && row.startedAt === null && row.confirmedAt !== null && until !== null && row.finishedAt !== null && row.finishedAt >= until
      ? [told('approval-expired', `was not begun: its approval, or the wait for one, ended at ${minuteWords(until)}. Make a new plan if it is still needed.`)] : []),
    ...(isOver && row.unknownItems > 0 ? [told('operation-undecided', `has ended, and the outcome of ${row.unknownItems} ${row.unknownItems === 1 ? 'message' : 'messages'} is unknown. Find out at the receiver before anything is sent again.`)] : []),
    ...(hasEndedBadly && row.unknownItems === 0 ? [told('operation-failed', row.state === 'failed' ? 'failed. Its page says why and what was done.' : 'was done only partly. Its page says what was not.')] : []),
    ...(row.state === 'awaiting-confirmation' && row.confirmBy !== null && now.getTime() - row.confirmBy.getTime() > CONFIRM_GRACE_MS
      ? [told('operation-unconfirmed', `has sent everything, and the business result was due at ${minuteWords(row.confirmBy)}.`, { dueAt: row.confirmBy })] : []),
    ...(row.emergency && !row.reviewed && row.confirmedAt !== null ? [told('emergency-review', `was begun by ${actorInWords(row.requestedBy)} in an emergency without a second person. Somebody else has to review it.`, { exceptUser })] : []),
  ];
}

/** As for approvals: a replay touches its items, everything else the whole flow. What is not known lies in no limited scope. */
function reachOf({ kind, plan }: OperationFacts): Reach {
  if (kind !== 'replay' || plan === null) return { facilities: null, payers: null };
  const { facilities, payers, unknownFacility, unknownPayer } = plan.dimensions;
  return { facilities: unknownFacility > 0 ? null : facilities, payers: unknownPayer > 0 ? null : payers };
}
