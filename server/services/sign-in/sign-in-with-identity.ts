import { and, eq, inArray } from 'drizzle-orm';
import { uuidv7 } from '@/server/domain/ids';
import type { Role } from '@/server/domain/roles/permissions';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../audit/record-audit';
import type { Transaction } from '../contracts/console-state';
import { userForAudit } from '../users/user-for-audit';
import { findUserByEmail } from '../users/user-grants';
import { recordRefusedSignIn, recordSignIn, type SignInAttempt } from './sign-in-audit';

/** What the identity provider vouches for. */
export interface Identity {
  email: string;
  emailVerified: boolean;
  groups: readonly string[];
}

/** Group of the identity provider to role. */
export type RoleMap = ReadonlyMap<string, Role>;

/**
 * Who signs in through the identity provider: an existing, enabled user with that verified e-mail. Where a role map is
 * configured, the roles it names follow the groups; roles it does not name, and the scope of grants that stay, do not.
 */
export async function signInWithIdentity(db: Database, identity: Identity, roleMap: RoleMap, at: Date): Promise<{ userId: string } | null> {
  const user = identity.emailVerified ? await findUserByEmail(db, identity.email) ?? null : null;
  const seen: SignInAttempt = { user, method: 'identity-provider', address: null, at };
  if (!user || user.disabledAt !== null) {
    await recordRefusedSignIn(db, seen, user ? 'The user is disabled.' : identity.emailVerified ? 'No user has the e-mail address that the identity provider vouches for.' : 'The identity provider does not vouch for the e-mail address.');
    return null;
  }
  await db.transaction(async (tx) => {
    if (roleMap.size > 0) await followGroups(tx, user, identity.groups, roleMap, at);
    await recordSignIn(tx, { ...seen, user });
  });
  return { userId: user.id };
}

async function followGroups(tx: Transaction, user: { id: string; email: string; name: string }, groups: readonly string[], roleMap: RoleMap, at: Date): Promise<void> {
  const governed = new Set(roleMap.values());
  const wanted = new Set(groups.flatMap((group) => roleMap.get(group) ?? []));
  const lost = [...governed].filter((role) => !wanted.has(role));
  const { roleGrants } = schema;
  const grantsNow = () => tx.query.roleGrants.findMany({ where: (row) => eq(row.userId, user.id), orderBy: (row, { asc }) => asc(row.id) });
  const before = await grantsNow();
  const missing = [...wanted].filter((role) => !before.some((grant) => grant.role === role));
  if (missing.length === 0 && !before.some(({ role }) => lost.some((gone) => gone === role))) return;
  if (lost.length > 0) await tx.delete(roleGrants).where(and(eq(roleGrants.userId, user.id), inArray(roleGrants.role, lost)));
  if (missing.length > 0) {
    await tx.insert(roleGrants).values(missing.map((role) => ({ id: uuidv7(at.getTime()), userId: user.id, role, facilities: null, payers: null, createdAt: at })));
  }
  await recordAudit(tx, { actor: { kind: 'system', name: 'identity-provider' }, now: () => at }, {
    action: 'user.follow-groups', subject: `user:${user.email}`, before: userForAudit(user, before), after: userForAudit(user, await grantsNow()),
  });
}
