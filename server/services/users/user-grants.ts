import type { Person } from '@/server/domain/roles/actor';
import { isRole, type Role } from '@/server/domain/roles/permissions';
import type { Grant } from '@/server/domain/roles/scope';
import type { Database } from '@/server/store/postgres';

interface StoredGrant {
  role: string;
  facilities: string[] | null;
  payers: string[] | null;
}

/** A role this version does not know grants nothing. */
export function toGrants(rows: readonly StoredGrant[]): Grant<Role>[] {
  return rows.flatMap((row) => (isRole(row.role) ? [{ role: row.role, scope: { facilities: row.facilities, payers: row.payers } }] : []));
}

/** The person with the roles of this moment; null when there is no such user or it has been disabled. */
export async function loadUserActor(db: Pick<Database, 'query'>, userId: string): Promise<Person | null> {
  const user = await db.query.users.findFirst({ where: (row, { and, eq, isNull }) => and(eq(row.id, userId), isNull(row.disabledAt)) });
  if (!user) return null;
  const grants = await db.query.roleGrants.findMany({ where: (row, { eq }) => eq(row.userId, userId), orderBy: (row, { asc }) => asc(row.id) });
  return { kind: 'user', id: user.id, email: user.email, name: user.name, grants: toGrants(grants) };
}

export async function findUserByEmail(db: Pick<Database, 'query'>, email: string) {
  return db.query.users.findFirst({ where: (row, { sql }) => sql`lower(${row.email}) = ${email.trim().toLowerCase()}` });
}
