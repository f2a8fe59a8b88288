import type { Json } from '@/server/domain/canonical-json';

interface StoredGrant {
  role: string;
  facilities: string[] | null;
  payers: string[] | null;
}

/** A person as the audit trail keeps them: reports of who had access are made from this. Never the password's hash. */
export function userForAudit(user: { id: string; email: string; name: string }, grants: readonly StoredGrant[]): Json {
  return { userId: user.id, email: user.email, name: user.name, grants: grants.map(({ role, facilities, payers }) => ({ role, facilities, payers })) };
}
