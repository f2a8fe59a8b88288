import type { Database } from '@/server/store/postgres';
import { verifyPassword } from '../users/password';
import { findUserByEmail } from '../users/user-grants';
import { admitAttempt, forgetFailures } from './throttle';

/**
 * Who signs in with e-mail and password. One answer for every refusal (unknown, disabled, wrong password, too many
 * attempts), so that a guesser learns nothing.
 */
export async function signInWithPassword(db: Database, attempt: { email: string; password: string; address: string; at: Date }): Promise<{ userId: string } | null> {
  if (!(await admitAttempt(db, attempt))) return null;
  const user = await findUserByEmail(db, attempt.email);
  const right = await verifyPassword(attempt.password, user?.passwordHash ?? null);
  if (!user || !right || user.disabledAt !== null) return null;
  await forgetFailures(db, attempt);
  return { userId: user.id };
}
