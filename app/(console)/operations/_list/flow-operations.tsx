'use client';

import Link from 'next/link';
import { EmptyState } from '../../../_ui/states/empty-state';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { OperationTable } from './operation-table';
import { useFlowOperations } from './use-flow-operations';

/** The newest operations of one flow, and the way to all of them. */
export function FlowOperations({ flowId }: { flowId: string }) {
  const permitted = usePermission('operations:read');
  const operations = useFlowOperations(flowId);
  if (permitted === false) return <ForbiddenState what="operations" permission="operations:read" />;
  if (operations.data === undefined) {
    return operations.isError ? (
      <div className="px-4">
        <FailureState error={operations.error} what="operations" onRetry={() => void operations.refetch()} />
      </div>
    ) : (
      <TableSkeleton what="operations" rows={2} />
    );
  }
  if (operations.data.items.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No lever of this flow was ever pulled" />
      </div>
    );
  }
  return (
    <>
      <OperationTable operations={operations.data.items} caption="Operations of this flow" ofFlow />
      {operations.data.nextCursor !== null && (
        <p className="px-4 pt-2">
          <Link href={`/operations?show=all&flow=${encodeURIComponent(flowId)}`} className="figure-link text-accent">
            All operations of this flow
          </Link>
        </p>
      )}
    </>
  );
}
