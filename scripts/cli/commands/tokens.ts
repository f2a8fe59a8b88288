import type { Scope } from '@/server/domain/roles/scope';
import { createToken, createTokenInput } from '@/server/services/tokens/create-token';
import { listTokens } from '@/server/services/tokens/list-tokens';
import { revokeToken } from '@/server/services/tokens/revoke-token';
import { listOf, required } from '../arguments';
import type { Command } from '../command';
import { asTable } from '../table';

export const tokenCreate: Command = async (context, { options }) => {
  const wanted = createTokenInput.parse({
    name: required(options, 'name'), role: required(options, 'role'), kind: options.kind, facilities: listOf(options.facilities), payers: listOf(options.payers),
  });
  const { token, secret } = await createToken(context, wanted);
  return { data: { ...token, secret }, text: secret };
};

export const tokenList: Command = async (context) => {
  const tokens = await listTokens(context);
  const rows = tokens.map((token) => [token.id, token.name, token.kind, token.role, scopeInWords(token.scope), token.lastUsedAt ?? 'never used', token.revokedAt ? 'revoked' : 'in force']);
  return { data: tokens, text: asTable(['ID', 'NAME', 'KIND', 'ROLE', 'SCOPE', 'LAST USED', 'STATE'], rows) };
};

export const tokenRevoke: Command = async (context, { options }) => {
  const token = await revokeToken(context, { tokenId: required(options, 'id') });
  return { data: token, text: `Token "${token.name}" is revoked.` };
};

export function scopeInWords(scope: Scope): string {
  const parts = [scope.facilities?.join(','), scope.payers?.join(',')].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(' ') : 'all';
}
