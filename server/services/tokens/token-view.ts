import type { Scope } from '@/server/domain/roles/scope';

/** `api`: bearer of the REST API; `ingest`: may send telemetry to the receivers. */
export const TOKEN_KINDS = ['api', 'ingest'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface TokenView {
  id: string;
  name: string;
  kind: TokenKind;
  /** One of the roles; a name that this version does not know grants nothing. */
  role: string;
  scope: Scope;
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
}
