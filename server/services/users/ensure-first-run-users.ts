import type { Role } from '@/server/domain/roles/permissions';
import type { Database } from '@/server/store/postgres';
import { createUser } from './create-user';
import { randomPassword } from './password';

const FIRST_RUN: readonly { account: string; name: string; roles: readonly Role[] }[] = [
  { account: 'admin', name: 'Administrator', roles: ['admin'] },
  { account: 'noc', name: 'NOC analyst', roles: ['noc'] },
  { account: 'engineer', name: 'On-call engineer', roles: ['engineer'] },
  { account: 'viewer', name: 'Viewer', roles: ['viewer'] },
  { account: 'finance', name: 'Finance leader', roles: ['finance'] },
  { account: 'supply', name: 'Supply-chain leader', roles: ['supply'] },
];

/**
 * Makes one person per role for the sandbox, only while there are no users at all.
 *
 * @returns e-mail, role and generated password of each, to be shown once; empty when users exist
 */
export async function ensureFirstRunUsers(db: Database): Promise<{ email: string; role: Role; password: string }[]> {
  if (await db.query.users.findFirst({ columns: { id: true } })) return [];
  const context = { db, actor: { kind: 'system' as const, name: 'first-run' }, now: () => new Date() };
  const made = [];
  for (const { account, name, roles } of FIRST_RUN) {
    const { email, password } = await createUser(context, { email: `${account}@sandbox.example`, name, roles: [...roles], password: randomPassword() });
    made.push({ email, role: roles[0]!, password });
  }
  return made;
}
