import { z } from 'zod';
import { and, eq, isNull } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { toTokenView } from './list-tokens';
import type { TokenView } from './token-view';

export const revokeTokenInput = z.strictObject({ tokenId: z.uuid('must be the id of a token') });

/**
 * Ends a token at once and for good.
 *
 * @throws Refusal not-found, conflict when it was revoked before
 */
export async function revokeToken(context: ServiceContext, input: z.input<typeof revokeTokenInput>): Promise<TokenView> {
  authorize(context, 'tokens:manage', `Token ${input.tokenId}`);
  const { tokenId } = revokeTokenInput.parse(input);
  const { tokens } = schema;
  const [row] = await context.db.update(tokens).set({ revokedAt: context.now() }).where(and(eq(tokens.id, tokenId), isNull(tokens.revokedAt))).returning();
  if (row) return toTokenView(row);
  const known = await context.db.query.tokens.findFirst({ where: (token) => eq(token.id, tokenId) });
  if (known) throw new Refusal('conflict', `Token "${known.name}" was revoked already.`);
  throw new Refusal('not-found', `Token ${tokenId} was not found.`);
}
