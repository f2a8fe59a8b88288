import type { Database } from '@/server/store/postgres';
import { verifyPassword } from '../users/password';
import { findUserByEmail } from '../users/user-grants';
import { recordRefusedSignIn, recordSignIn, recordTurnedAway, type SignInAttempt } from './sign-in-audit';
import { admitAttempt, forgetFailures } from './throttle';

/**
 * Who signs in with e-mail and password. One answer for every refusal (unknown, disabled, wrong password, too many
 * attempts), so that a guesser learns nothing; the audit trail tells them apart.
 */
export async function signInWithPassword(db: Database, attempt: { email: string; password: string; address: string; at: Date }): Promise<{ userId: string } | null> {
  const admitted = await admitAttempt(db, attempt);
  const user = await findUserByEmail(db, attempt.email) ?? null;
  const seen: SignInAttempt = { user, method: 'password', address: attempt.address, at: attempt.at };
  if (!admitted) {
    await recordTurnedAway(db, seen);
    return null;
  }
  const right = await verifyPassword(attempt.password, user?.passwordHash ?? null);
  if (!user || !right || user.disabledAt !== null) {
    await recordRefusedSignIn(db, seen, !user ? 'No user has this e-mail address.' : !right ? 'The password was wrong.' : 'The password was right, but the user is disabled.');
    return null;
  }
  await db.transaction(async (tx) => {
    await forgetFailures(tx, attempt);
    await recordSignIn(tx, { ...seen, user });
  });
  return { userId: user.id };
}
