/**
 * Sign-ins in the audit trail. What was typed as an e-mail is kept only where it is that of a user: people type passwords
 * into that field.
 */
import { isIP } from 'node:net';
import type { Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { recordAudit } from '../audit/record-audit';
import { loadUserActor } from '../users/user-grants';

const SIGN_IN = { kind: 'system', name: 'sign-in' } as const;
/** Attempts that are turned away unread are noted this often per account, or a guesser could fill the trail. */
const TURNED_AWAY_GRAIN_MS = 60_000;

export interface SignInAttempt {
  /** Null: no such user. */
  user: { id: string; email: string } | null;
  method: 'password' | 'identity-provider';
  /** Network address of the caller as far as it is known. */
  address: string | null;
  at: Date;
}

/** In the transaction of the sign-in, which fails when it cannot be recorded. */
export async function recordSignIn(tx: Transaction, { user, method, address, at }: SignInAttempt & { user: { id: string; email: string } }): Promise<void> {
  const actor = await loadUserActor(tx, user.id);
  await recordAudit(tx, { actor: actor ?? SIGN_IN, now: () => at }, { action: 'sign-in', subject: `user:${user.email}`, after: told(method, address) });
}

/** @param reason in words, for the auditor; the person who tries is told less */
export async function recordRefusedSignIn(db: Database, { user, method, address, at }: SignInAttempt, reason: string): Promise<void> {
  await db.transaction((tx) => recordAudit(tx, { actor: SIGN_IN, now: () => at }, {
    action: 'sign-in', subject: subjectOf(user), outcome: 'refused', reason, after: told(method, address),
  }));
}

/** Notes that attempts are turned away because too many have failed, once a minute per account. */
export async function recordTurnedAway(db: Database, attempt: SignInAttempt): Promise<void> {
  const since = new Date(attempt.at.getTime() - TURNED_AWAY_GRAIN_MS);
  const noted = await db.query.auditEvents.findFirst({
    columns: { seq: true },
    where: (row, { and, eq, gt }) => and(gt(row.at, since), eq(row.action, 'sign-in.turned-away'), eq(row.subject, subjectOf(attempt.user))),
  });
  if (noted) return;
  await db.transaction((tx) => recordAudit(tx, { actor: SIGN_IN, now: () => attempt.at }, {
    action: 'sign-in.turned-away', subject: subjectOf(attempt.user), outcome: 'refused', reason: 'Too many attempts have failed; the password was not looked at.', after: told(attempt.method, attempt.address),
  }));
}

function subjectOf(user: SignInAttempt['user']): string {
  return user === null ? 'user:unknown' : `user:${user.email}`;
}

/** A proxy's header is whatever a caller wrote there; only an address is kept. */
function told(method: SignInAttempt['method'], address: string | null) {
  return { method, address: address !== null && isIP(address) !== 0 ? address : null };
}
