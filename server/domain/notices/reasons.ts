/** What people are told of, and how urgent it is: the one table that evaluator, inbox, webhooks and docs share. */
import type { Permission } from '../roles/permissions';
import type { LadderName } from './escalation';

export const NOTICE_REASONS = [
  'approval-waiting', 'approval-expiring', 'approval-expired',
  'hold-leaking', 'hold-dropped', 'hold-messages-gone', 'hold-unverified', 'hold-review-soon', 'hold-review-overdue', 'hold-budget-ending',
  'reroute-expired', 'reroute-not-restored', 'reroute-undecided', 'reroute-unbalanced',
  'operation-failed', 'operation-undecided', 'operation-unconfirmed', 'emergency-review',
] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

interface ReasonFacts {
  /** As the title of a notice. */
  title: string;
  ladder: LadderName;
  /** Who can do something about it, besides the owner. */
  permission: Permission;
  /**
   * `over`: when the evaluator finds it to be so no more. `acknowledged`: it has happened, and ends when somebody has taken note
   * of it. `hold`: a verb has raised it, and it ends with the hold.
   */
  ends: 'over' | 'acknowledged' | 'hold';
}

export const REASONS: Record<NoticeReason, ReasonFacts> = {
  'approval-waiting': { title: 'Approval needed', ladder: 'approval', permission: 'operations:approve', ends: 'over' },
  'approval-expiring': { title: 'The wait for approval ends soon', ladder: 'approval-again', permission: 'operations:approve', ends: 'over' },
  'approval-expired': { title: 'Nobody approved in time', ladder: 'calm', permission: 'operations:run', ends: 'acknowledged' },
  'hold-leaking': { title: 'A hold is leaking', ladder: 'urgent', permission: 'operations:run', ends: 'over' },
  'hold-dropped': { title: 'A hold was dropped and put back', ladder: 'urgent', permission: 'operations:run', ends: 'acknowledged' },
  'hold-messages-gone': { title: 'Parked messages disappeared', ladder: 'urgent', permission: 'operations:run', ends: 'acknowledged' },
  'hold-unverified': { title: 'A hold cannot be verified', ladder: 'urgent', permission: 'operations:run', ends: 'over' },
  'hold-review-soon': { title: 'A hold has to be reviewed soon', ladder: 'owner', permission: 'operations:run', ends: 'over' },
  'hold-review-overdue': { title: 'The review of a hold is overdue', ladder: 'overdue', permission: 'operations:run', ends: 'over' },
  'hold-budget-ending': { title: 'A hold does harm soon', ladder: 'urgent', permission: 'operations:run', ends: 'over' },
  'reroute-expired': { title: 'A reroute has expired', ladder: 'overdue', permission: 'operations:run', ends: 'over' },
  'reroute-not-restored': { title: 'A reroute could not be restored', ladder: 'urgent', permission: 'operations:run', ends: 'hold' },
  'reroute-undecided': { title: 'Messages at an alternate wait for a decision', ladder: 'calm', permission: 'operations:run', ends: 'over' },
  'reroute-unbalanced': { title: 'Messages of a reroute do not add up', ladder: 'urgent', permission: 'operations:run', ends: 'over' },
  'operation-failed': { title: 'An operation failed', ladder: 'calm', permission: 'operations:run', ends: 'acknowledged' },
  'operation-undecided': { title: 'The outcome of messages is unknown', ladder: 'calm', permission: 'operations:run', ends: 'acknowledged' },
  'operation-unconfirmed': { title: 'Business confirmation is overdue', ladder: 'calm', permission: 'operations:run', ends: 'over' },
  'emergency-review': { title: 'An emergency has to be reviewed', ladder: 'review', permission: 'operations:approve', ends: 'over' },
};

export function isNoticeReason(text: string): text is NoticeReason {
  return (NOTICE_REASONS as readonly string[]).includes(text);
}
