import type { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import type { TokenView } from './token-view';

/** All tokens, newest first, revoked ones included; secrets are not stored and cannot be shown again. */
export async function listTokens(context: ServiceContext): Promise<TokenView[]> {
  authorize(context, 'tokens:read', 'The token list');
  const rows = await context.db.query.tokens.findMany({ orderBy: (row, { desc }) => [desc(row.createdAt), desc(row.id)], limit: 500 });
  return rows.map(toTokenView);
}

export function toTokenView(row: typeof schema.tokens.$inferSelect): TokenView {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind === 'ingest' ? 'ingest' : 'api',
    role: row.role,
    scope: { facilities: row.facilities, payers: row.payers },
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
