import type { Json } from '@/server/domain/canonical-json';
import type { schema } from '@/server/store/postgres';

/** A token as the audit trail keeps it: reports of who had access are made from this. Never the secret or its hash. */
export function tokenForAudit({ id, name, kind, role, facilities, payers, expiresAt, revokedAt }: typeof schema.tokens.$inferSelect): Json {
  return { tokenId: id, name, kind, role, facilities, payers, expiresAt: expiresAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null };
}
