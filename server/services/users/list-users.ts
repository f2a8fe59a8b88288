import type { Role } from '@/server/domain/roles/permissions';
import type { Grant } from '@/server/domain/roles/scope';
import { authorize, type ServiceContext } from '../service-context';
import { toGrants } from './user-grants';

export interface UserView {
  id: string;
  email: string;
  name: string;
  grants: Grant<Role>[];
  createdAt: string;
  disabledAt: string | null;
}

/** All people with their grants, by e-mail. */
export async function listUsers(context: Pick<ServiceContext, 'db' | 'actor'>): Promise<UserView[]> {
  authorize(context, 'users:manage', 'The user list');
  const [users, grants] = await Promise.all([
    context.db.query.users.findMany({ orderBy: (row, { asc }) => asc(row.email), limit: 5_000 }),
    context.db.query.roleGrants.findMany(),
  ]);
  return users.map((user) => ({
    id: user.id, email: user.email, name: user.name,
    grants: toGrants(grants.filter((grant) => grant.userId === user.id)),
    createdAt: user.createdAt.toISOString(), disabledAt: user.disabledAt?.toISOString() ?? null,
  }));
}
