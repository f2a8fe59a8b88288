/** Who is told, and who next when nobody acknowledges it: ladders as data. */
import { scopesFor, type Person } from '../roles/actor';
import type { Scope } from '../roles/scope';
import { REASONS, type NoticeReason } from './reasons';

/** `role`: everybody who holds the reason's permission in a scope that covers what it touches. */
export type Step = 'owner' | 'role' | 'admins';

const MINUTE = 60_000;

/** Steps with the time after it was raised. Everybody of the steps before goes on being told. */
export const LADDERS = {
  urgent: [{ to: 'owner', afterMs: 0 }, { to: 'role', afterMs: 2 * MINUTE }, { to: 'admins', afterMs: 10 * MINUTE }],
  overdue: [{ to: 'owner', afterMs: 0 }, { to: 'role', afterMs: 10 * MINUTE }, { to: 'admins', afterMs: 30 * MINUTE }],
  /** It becomes `overdue` by itself. */
  owner: [{ to: 'owner', afterMs: 0 }],
  calm: [{ to: 'owner', afterMs: 0 }, { to: 'role', afterMs: 60 * MINUTE }, { to: 'admins', afterMs: 24 * 60 * MINUTE }],
  approval: [{ to: 'role', afterMs: 0 }, { to: 'admins', afterMs: 15 * MINUTE }],
  'approval-again': [{ to: 'role', afterMs: 0 }, { to: 'owner', afterMs: 0 }, { to: 'admins', afterMs: 5 * MINUTE }],
  review: [{ to: 'role', afterMs: 0 }, { to: 'admins', afterMs: 4 * 60 * MINUTE }],
} as const satisfies Record<string, readonly { to: Step; afterMs: number }[]>;
export type LadderName = keyof typeof LADDERS;

interface Raised {
  reason: NoticeReason;
  raisedAt: Date;
  ownerUser: string | null;
}

/**
 * The step that it has reached by now, and when the next one is due. A notice whose owner is no person begins with the step
 * after the owner's.
 *
 * @returns `escalateAt` null on the last step
 */
export function levelAt({ reason, raisedAt, ownerUser }: Raised, now: Date): { level: number; escalateAt: Date | null } {
  const steps: readonly { to: Step; afterMs: number }[] = LADDERS[REASONS[reason].ladder];
  const inMs = now.getTime() - raisedAt.getTime();
  let level = steps.findLastIndex(({ afterMs }) => afterMs <= inMs);
  if (level < 0) level = 0;
  if (steps[level]?.to === 'owner' && ownerUser === null && level + 1 < steps.length) level += 1;
  const next = steps[level + 1];
  return { level, escalateAt: next === undefined ? null : new Date(raisedAt.getTime() + next.afterMs) };
}

/** Whom it has reached at this step, in order. */
export function stepsUpTo(reason: NoticeReason, level: number): Step[] {
  return LADDERS[REASONS[reason].ladder].slice(0, level + 1).map(({ to }) => to);
}

/** What a notice touches; null: everything, or what is not known. */
export interface Reach {
  facilities: readonly string[] | null;
  payers: readonly string[] | null;
}

interface Addressed extends Reach {
  reason: NoticeReason;
  level: number;
  ownerUser: string | null;
  exceptUser: string | null;
}

/** Whether a person is among those whom the notice has reached. */
export function isAddressedTo(notice: Addressed, person: Person): boolean {
  return stepsUpTo(notice.reason, notice.level).some((step) => {
    switch (step) {
      case 'owner': return notice.ownerUser === person.id;
      case 'role': return notice.exceptUser !== person.id && scopesFor(person, REASONS[notice.reason].permission).some((scope) => covers(scope, notice));
      case 'admins': return person.grants.some(({ role }) => role === 'admin');
    }
  });
}

/** As for operations: in a limited scope, what it touches must be known to lie inside. */
function covers(scope: Scope, { facilities, payers }: Reach): boolean {
  const within = (allowed: readonly string[] | null, touched: readonly string[] | null) => allowed === null || (touched !== null && touched.length > 0 && touched.every((value) => allowed.includes(value)));
  return within(scope.facilities, facilities) && within(scope.payers, payers);
}
