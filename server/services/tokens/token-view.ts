import type { Role } from '@/server/domain/roles/permissions';
import type { Scope } from '@/server/domain/roles/scope';

/** `api`: bearer of the REST API; `ingest`: may send telemetry to the receivers. */
export const TOKEN_KINDS = ['api', 'ingest'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface TokenView {
  id: string;
  name: string;
  kind: TokenKind;
  role: Role;
  scope: Scope;
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
}
