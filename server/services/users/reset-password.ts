import { eq } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { hashPassword, MIN_PASSWORD_LENGTH, randomPassword } from './password';
import { findUserByEmail } from './user-grants';

/**
 * Gives a person a new password, made up when none is given.
 *
 * @throws Refusal not-found, invalid when the password is too short
 */
export async function resetPassword(context: Pick<ServiceContext, 'db' | 'actor' | 'now'>, input: { email: string; password?: string | undefined }): Promise<{ email: string; password: string }> {
  const password = input.password ?? randomPassword();
  return audited(context, { action: 'user.reset-password', subject: `user:${input.email}` }, async (tx, record) => {
    authorize(context, 'users:manage', `User ${input.email}`);
    if (password.length < MIN_PASSWORD_LENGTH) throw new Refusal('invalid', `A password needs at least ${MIN_PASSWORD_LENGTH} characters.`);
    const user = await findUserByEmail(tx, input.email);
    if (!user) throw new Refusal('not-found', `User ${input.email} was not found.`);
    await tx.update(schema.users).set({ passwordHash: await hashPassword(password) }).where(eq(schema.users.id, user.id));
    record({ subject: `user:${user.email}`, after: { userId: user.id } });
    return { email: user.email, password };
  });
}
