import { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { uuidv7 } from '@/server/domain/ids';
import { ROLES } from '@/server/domain/roles/permissions';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { tokenForAudit } from './token-for-audit';
import { newTokenSecret, hashToken } from './token-secret';
import { toTokenView } from './list-tokens';
import { TOKEN_KINDS, type TokenView } from './token-view';

const ids = z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be an id such as mercy-north')).min(1).nullable().default(null);

export const createTokenInput = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(100, 'is longer than 100 characters'),
  role: z.enum(ROLES),
  kind: z.enum(TOKEN_KINDS).default('api'),
  /** Null: all. */
  facilities: ids,
  payers: ids,
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
});

/**
 * Makes a token for a machine. The secret is in this answer and nowhere else.
 *
 * @throws Refusal conflict when a token of this name is in use
 */
export async function createToken(context: ServiceContext, input: z.input<typeof createTokenInput>): Promise<{ token: TokenView; secret: string }> {
  const wanted = createTokenInput.parse(input);
  const secret = newTokenSecret();
  return audited(context, { action: 'token.create', subject: `token:${wanted.name}` }, async (tx, record) => {
    authorize(context, 'tokens:manage', 'The token list');
    const [row] = await tx
      .insert(schema.tokens)
      .values({
        id: uuidv7(context.now().getTime()),
        kind: wanted.kind,
        name: wanted.name,
        role: wanted.role,
        facilities: wanted.facilities,
        payers: wanted.payers,
        tokenHash: hashToken(secret),
        createdBy: actorLabel(context.actor),
        createdAt: context.now(),
        expiresAt: wanted.expiresAt === null ? null : new Date(wanted.expiresAt),
      })
      .onConflictDoNothing()
      .returning();
    if (!row) throw new Refusal('conflict', `A token named "${wanted.name}" exists already. Revoke it first, or choose another name.`);
    record({ after: tokenForAudit(row) });
    return { token: toTokenView(row), secret };
  });
}
