import { uuidv7 } from '@/server/domain/ids';
import type { Role } from '@/server/domain/roles/permissions';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { authorize, type ServiceContext } from '../service-context';
import { tokenForAudit } from './token-for-audit';
import { hashToken } from './token-secret';
import type { TokenKind } from './token-view';

/**
 * Has a token whose secret somebody keeps already, as an installation does for what it starts itself. One that was revoked
 * stays revoked, and one of the same name that somebody else made stays theirs.
 */
export async function keepToken(context: Pick<ServiceContext, 'db' | 'actor' | 'now'>, { secret, name, role, kind }: { secret: string; name: string; role: Role; kind: TokenKind }): Promise<void> {
  await audited(context, { action: 'token.create', subject: `token:${name}` }, async (tx, record) => {
    authorize(context, 'tokens:manage', 'The token list');
    const [row] = await tx
      .insert(schema.tokens)
      .values({ id: uuidv7(context.now().getTime()), kind, name, role, tokenHash: hashToken(secret), createdBy: actorLabel(context.actor), createdAt: context.now() })
      .onConflictDoNothing()
      .returning();
    record(row === undefined ? 'nothing-changed' : { after: tokenForAudit(row) });
  });
}
