import { z } from 'zod';
import { and, eq, isNull } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { tokenForAudit } from './token-for-audit';
import { toTokenView } from './list-tokens';
import type { TokenView } from './token-view';

export const revokeTokenInput = z.strictObject({ tokenId: z.uuid('must be the id of a token') });

/**
 * Ends a token at once and for good.
 *
 * @throws Refusal not-found, conflict when it was revoked before
 */
export async function revokeToken(context: ServiceContext, input: z.input<typeof revokeTokenInput>): Promise<TokenView> {
  const { tokenId } = revokeTokenInput.parse(input);
  const { tokens } = schema;
  return audited(context, { action: 'token.revoke', subject: `token:${tokenId}` }, async (tx, record) => {
    authorize(context, 'tokens:manage', `Token ${tokenId}`);
    const before = await tx.query.tokens.findFirst({ where: (token) => eq(token.id, tokenId) });
    if (!before) throw new Refusal('not-found', `Token ${tokenId} was not found.`);
    record({ subject: `token:${before.name}`, before: tokenForAudit(before) });
    const [row] = await tx.update(tokens).set({ revokedAt: context.now() }).where(and(eq(tokens.id, tokenId), isNull(tokens.revokedAt))).returning();
    if (!row) throw new Refusal('conflict', `Token "${before.name}" was revoked already.`);
    record({ after: tokenForAudit(row) });
    return toTokenView(row);
  });
}
