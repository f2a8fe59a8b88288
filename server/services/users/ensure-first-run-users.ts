import type { Role } from '@/server/domain/roles/permissions';
import type { Database } from '@/server/store/postgres';
import { createUser } from './create-user';
import { randomPassword } from './password';

const FIRST_RUN: readonly { account: string; name: string; role: Role }[] = [
  { account: 'admin', name: 'Administrator', role: 'admin' },
  { account: 'noc', name: 'NOC analyst', role: 'noc' },
  { account: 'engineer', name: 'On-call engineer', role: 'engineer' },
  { account: 'approver', name: 'Ines Calder, integration lead', role: 'approver' },
  { account: 'viewer', name: 'Viewer', role: 'viewer' },
  { account: 'finance', name: 'Finance leader', role: 'finance' },
  { account: 'supply', name: 'Supply-chain leader', role: 'supply' },
  { account: 'auditor', name: 'Tomas Reyl, compliance', role: 'auditor' },
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
  for (const { account, name, role } of FIRST_RUN) {
    const { email, password } = await createUser(context, { email: `${account}@sandbox.example`, name, roles: [role], password: randomPassword() });
    made.push({ email, role, password });
  }
  return made;
}
