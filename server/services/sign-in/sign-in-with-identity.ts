import { and, eq, inArray } from 'drizzle-orm';
import { uuidv7 } from '@/server/domain/ids';
import type { Role } from '@/server/domain/roles/permissions';
import { schema, type Database } from '@/server/store/postgres';
import { findUserByEmail } from '../users/user-grants';

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
  if (!identity.emailVerified) return null;
  const user = await findUserByEmail(db, identity.email);
  if (!user || user.disabledAt !== null) return null;
  if (roleMap.size > 0) await followGroups(db, user.id, identity.groups, roleMap, at);
  return { userId: user.id };
}

async function followGroups(db: Database, userId: string, groups: readonly string[], roleMap: RoleMap, at: Date): Promise<void> {
  const governed = new Set(roleMap.values());
  const wanted = new Set(groups.flatMap((group) => roleMap.get(group) ?? []));
  const lost = [...governed].filter((role) => !wanted.has(role));
  const { roleGrants } = schema;
  await db.transaction(async (tx) => {
    if (lost.length > 0) await tx.delete(roleGrants).where(and(eq(roleGrants.userId, userId), inArray(roleGrants.role, lost)));
    const held = await tx.query.roleGrants.findMany({ where: (row) => eq(row.userId, userId) });
    const missing = [...wanted].filter((role) => !held.some((grant) => grant.role === role));
    if (missing.length > 0) {
      await tx.insert(roleGrants).values(missing.map((role) => ({ id: uuidv7(at.getTime()), userId, role, facilities: null, payers: null, createdAt: at })));
    }
  });
}
