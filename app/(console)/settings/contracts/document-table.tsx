'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { ConsoleDocumentView } from '@/server/services/contracts/console-document-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { EmptyState } from '../../../_ui/states/empty-state';
import { Verdict, type VerdictKind } from '../../../_ui/status/verdict';
import { RemoveDocument } from './remove-document';

const STATES: Record<ConsoleDocumentView['state'], { kind: VerdictKind; words: string }> = {
  'in-force': { kind: 'yes', words: 'in force' },
  loading: { kind: 'unknown', words: 'being loaded' },
  refused: { kind: 'no', words: 'refused' },
};

const COLUMNS: readonly Column<ConsoleDocumentView>[] = [
  {
    header: 'Contract',
    className: 'min-w-40',
    cell: ({ id, name }) => (
      <>
        <Link {...ROW_LINK} href={`/settings/contracts/${encodeURIComponent(id)}`} className="font-medium hover:underline">
          {name}
        </Link>
        <span className="block text-muted">{id}</span>
      </>
    ),
  },
  { header: 'State', className: 'min-w-40', cell: (document) => <DocumentState document={document} /> },
  { header: 'Version', cell: ({ version, lifecycle }) => `${version}, ${lifecycle}`, className: 'whitespace-nowrap' },
  { header: 'Revision', cell: ({ revision }) => revision, numeric: true },
  { header: 'Changed by', cell: ({ updatedBy }) => updatedBy, className: 'break-all' },
  { header: 'Changed', cell: ({ updatedAt }) => <RelativeTime instant={updatedAt} />, numeric: true },
  {
    header: 'Flow',
    cell: ({ id, name }) => (
      <Link href={`/flows/${encodeURIComponent(id)}`} className="figure-link whitespace-nowrap text-accent">
        Open flow<span className="sr-only"> {name}</span>
      </Link>
    ),
  },
];

export function DocumentTable({ documents, mayManage }: { documents: readonly ConsoleDocumentView[]; mayManage: boolean }) {
  const [removing, setRemoving] = useState<ConsoleDocumentView | null>(null);
  if (documents.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No contract was activated here yet">
          <p>
            Discovery of a connected source drafts contracts that you can review and activate: see{' '}
            <Link href="/settings/sources" className="figure-link text-accent">
              Sources
            </Link>
            . Contracts of the contract folder are in force without being listed here.
          </p>
        </EmptyState>
      </div>
    );
  }
  const remove: Column<ConsoleDocumentView> = {
    header: 'Remove',
    numeric: true,
    cell: (document) => (
      <button type="button" className="min-h-[24px] px-1 text-failing underline underline-offset-3" onClick={() => setRemoving(document)}>
        Remove<span className="sr-only"> {document.name}</span>
      </button>
    ),
  };
  return (
    <>
      <DataTable caption="Contracts that were activated here" rows={documents} rowKey={({ id }) => id} columns={mayManage ? [...COLUMNS, remove] : COLUMNS} />
      <RemoveDocument document={removing} onDone={() => setRemoving(null)} />
    </>
  );
}

function DocumentState({ document: { state, problems } }: { document: ConsoleDocumentView }) {
  const { kind, words } = STATES[state];
  return (
    <>
      <Verdict kind={kind}>{words}</Verdict>
      {problems[0] !== undefined && <span className="block break-words text-muted">{problems[0].message}</span>}
    </>
  );
}
