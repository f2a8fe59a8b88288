'use client';

import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ConsoleDocumentDetail } from '@/server/services/contracts/console-document-view';
import { useTRPC } from '../../../../_api/trpc';
import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { downloadText } from '../../../../_ui/download-text';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { FailureState } from '../../../../_ui/states/failure-state';
import { TableSkeleton } from '../../../../_ui/states/table-skeleton';
import { usePermission } from '../../../_session/permission';
import { ContractEditor } from '../_editor/contract-editor';

/** One contract that was activated in the product: to read, or to change. */
export function ContractScreen({ flowId }: { flowId: string }) {
  const document = useQuery(useTRPC().contracts.documents.byId.queryOptions({ flowId }));
  return (
    <div className="space-y-4 pt-3">
      <div className="px-4">
        <Breadcrumb trail={[{ href: '/settings/contracts', name: 'Contracts' }]} here={document.data?.name ?? flowId} />
      </div>
      {document.data !== undefined ? (
        <Contract document={document.data} />
      ) : document.isError ? (
        <div className="px-4">
          <FailureState error={document.error} what="contract" onRetry={() => void document.refetch()} />
        </div>
      ) : (
        <TableSkeleton what="the contract" rows={8} />
      )}
    </div>
  );
}

function Contract({ document }: { document: ConsoleDocumentDetail }) {
  const mayManage = usePermission('contracts:manage') === true;
  // The editor keeps the revision that editing began from, so that nobody's change is overwritten unseen.
  const [begun] = useState(document);
  return (
    <>
      <header className="px-4">
        <h1 className="text-xl font-semibold">{document.name}</h1>
        <p className="text-muted">
          Revision {document.revision}, activated <RelativeTime instant={document.updatedAt} /> by {document.updatedBy}
        </p>
      </header>
      {mayManage ? (
        <ContractEditor flowId={begun.id} yaml={begun.yaml} revision={begun.revision} />
      ) : (
        <div className="space-y-3 px-4">
          <button type="button" className="button" onClick={() => downloadText(`${document.id}.yaml`, document.yaml)}>
            <Download size={14} aria-hidden />
            Download
          </button>
          <pre className="overflow-x-auto rounded-sm border border-line bg-panel p-3 text-sm">{document.yaml}</pre>
        </div>
      )}
    </>
  );
}
