'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../_ui/live/refresh';
import { EmptyState } from '../../_ui/states/empty-state';
import { FailureState } from '../../_ui/states/failure-state';
import { ForbiddenState } from '../../_ui/states/forbidden-state';
import { RefreshingBar } from '../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../_ui/states/table-skeleton';
import { usePermission } from '../_session/permission';
import { LeversDisabled } from '../operations/_switch/levers-disabled';
import { ApprovalCard } from './approval-card';

/** Approvals expire, reviews stay: those first, by the time that is left. */
function byDeadline(a: OperationView, b: OperationView): number {
  return (a.approvalExpiresAt ?? '9').localeCompare(b.approvalExpiresAt ?? '9');
}

/** What waits for the viewer to decide, oldest first: readable and decidable on a phone, at three in the morning. */
export function ApprovalsScreen() {
  const trpc = useTRPC();
  const permitted = usePermission('operations:approve');
  const refetchInterval = useRefreshInterval();
  const approvals = useQuery({ ...trpc.operations.approvals.queryOptions(), enabled: permitted === true, refetchInterval });
  const levers = useQuery({ ...trpc.operations.switch.queryOptions(), refetchInterval });
  useReportRefresh(approvals.data?.asOf, approvals.isFetching, approvals.isError);
  if (permitted === false) return <ForbiddenState asPage what="approvals" permission="operations:approve" />;
  return (
    <>
      <RefreshingBar active={approvals.isFetching && !approvals.isPending} />
      <div className="space-y-4 pt-3">
        <h1 className="px-4 text-xl font-semibold">Approvals</h1>
        {levers.data !== undefined && levers.data.disabled !== null && (
          <div className="px-4">
            <LeversDisabled disabled={levers.data.disabled} action="Nothing can be approved until they are enabled again under Operations." />
          </div>
        )}
        {approvals.data === undefined ? (
          approvals.isError ? (
            <div className="px-4">
              <FailureState error={approvals.error} what="approvals" onRetry={() => void approvals.refetch()} />
            </div>
          ) : (
            <TableSkeleton what="approvals" rows={3} />
          )
        ) : approvals.data.items.length === 0 ? (
          <div className="px-4">
            <EmptyState title="Nothing waits for you">
              <p>
                Operations that need a second person appear here, and emergencies that need a review. See{' '}
                <Link href="/operations" className="figure-link text-accent">
                  all operations
                </Link>
                .
              </p>
            </EmptyState>
          </div>
        ) : (
          <ul className="space-y-4">
            {approvals.data.items.toSorted(byDeadline).map((operation) => (
              <li key={operation.id}>
                <ApprovalCard operation={operation} unfolded={approvals.data.items.length === 1} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
