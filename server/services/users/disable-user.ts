import { and, eq, isNull } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { userForAudit } from './user-for-audit';
import { findUserByEmail } from './user-grants';

/**
 * Shuts a person out at once: sessions carry only the user id, and every request looks it up.
 *
 * @throws Refusal not-found, conflict when disabled before
 */
export async function disableUser(context: Pick<ServiceContext, 'db' | 'actor' | 'now'>, input: { email: string }): Promise<{ email: string; disabledAt: string }> {
  return audited(context, { action: 'user.disable', subject: `user:${input.email}` }, async (tx, record) => {
    authorize(context, 'users:manage', `User ${input.email}`);
    const user = await findUserByEmail(tx, input.email);
    if (!user) throw new Refusal('not-found', `User ${input.email} was not found.`);
    const disabledAt = context.now();
    const changed = await tx.update(schema.users).set({ disabledAt }).where(and(eq(schema.users.id, user.id), isNull(schema.users.disabledAt))).returning();
    if (changed.length === 0) throw new Refusal('conflict', `User ${user.email} is disabled already.`);
    const grants = await tx.query.roleGrants.findMany({ where: (row, { eq: is }) => is(row.userId, user.id) });
    record({ subject: `user:${user.email}`, before: userForAudit(user, grants), after: { userId: user.id, disabledAt: disabledAt.toISOString() } });
    return { email: user.email, disabledAt: disabledAt.toISOString() };
  });
}
