import { eq } from 'drizzle-orm';
import type { Actor } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import { toGrants } from '../users/user-grants';
import { hashToken } from './token-secret';
import type { TokenKind } from './token-view';

/** Often enough to see whether a token is in use, seldom enough not to write on every request. */
const LAST_USED_GRAIN_MS = 60_000;

/** The machine behind a bearer token of that kind; null when the token is unknown, revoked, expired or of the other kind. */
export async function resolveToken(db: Database, secret: string, kind: TokenKind, now: Date): Promise<Extract<Actor, { kind: 'token' }> | null> {
  const row = await db.query.tokens.findFirst({ where: (token, { and, isNull }) => and(eq(token.tokenHash, hashToken(secret)), eq(token.kind, kind), isNull(token.revokedAt)) });
  if (!row || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > LAST_USED_GRAIN_MS) {
    await db.update(schema.tokens).set({ lastUsedAt: now }).where(eq(schema.tokens.id, row.id));
  }
  return { kind: 'token', id: row.id, name: row.name, grants: toGrants([row]) };
}
