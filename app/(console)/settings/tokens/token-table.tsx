'use client';

import { useState } from 'react';
import type { TokenView } from '@/server/services/tokens/token-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { EmptyState } from '../../../_ui/states/empty-state';
import { RevokeToken } from './revoke-token';

const KIND_WORDS: Record<TokenView['kind'], string> = { api: 'calls the API', ingest: 'sends telemetry' };

const COLUMNS: readonly Column<TokenView>[] = [
  { header: 'Name', cell: ({ name }) => <span className="font-medium break-all">{name}</span>, className: 'min-w-32' },
  { header: 'What for', cell: ({ kind }) => KIND_WORDS[kind], className: 'whitespace-nowrap' },
  { header: 'Role', cell: ({ kind, role }) => (kind === 'ingest' ? 'none needed' : role), className: 'whitespace-nowrap' },
  { header: 'Scope', cell: ({ scope }) => scopeWords(scope) },
  { header: 'Made by', cell: ({ createdBy }) => createdBy, className: 'break-all' },
  { header: 'Made', cell: ({ createdAt }) => <RelativeTime instant={createdAt} />, numeric: true },
  { header: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <RelativeTime instant={lastUsedAt} />), numeric: true },
  { header: 'State', cell: (token) => <TokenState token={token} />, className: 'whitespace-nowrap' },
];

export function TokenTable({ tokens, mayManage }: { tokens: readonly TokenView[]; mayManage: boolean }) {
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  if (tokens.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="There are no tokens yet">
          <p>A collector on another host needs one to send telemetry; a script needs one to call the REST API.</p>
        </EmptyState>
      </div>
    );
  }
  const actions: Column<TokenView> = {
    header: 'Revoke',
    numeric: true,
    cell: (token) =>
      token.revokedAt === null && (
        <button type="button" className="min-h-[24px] px-1 text-failing underline underline-offset-3" onClick={() => setRevoking(token)}>
          Revoke<span className="sr-only"> {token.name}</span>
        </button>
      ),
  };
  return (
    <>
      <DataTable caption="API tokens" rows={tokens} rowKey={({ id }) => id} columns={mayManage ? [...COLUMNS, actions] : COLUMNS} />
      <RevokeToken token={revoking} onDone={() => setRevoking(null)} />
    </>
  );
}

function TokenState({ token }: { token: TokenView }) {
  if (token.revokedAt !== null) {
    return (
      <span className="text-muted">
        revoked <RelativeTime instant={token.revokedAt} />
      </span>
    );
  }
  if (token.expiresAt === null) return 'in force';
  return (
    <>
      ends <RelativeTime instant={token.expiresAt} />
    </>
  );
}

function scopeWords({ facilities, payers }: TokenView['scope']): string {
  const parts = [
    ...(facilities === null ? [] : [`facilities ${facilities.join(', ')}`]),
    ...(payers === null ? [] : [`payers ${payers.join(', ')}`]),
  ];
  return parts.length === 0 ? 'everything' : parts.join('; ');
}
