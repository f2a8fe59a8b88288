'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../_ui/live/refresh';
import { EmptyState } from '../../_ui/states/empty-state';
import { FailureState } from '../../_ui/states/failure-state';
import { RefreshingBar } from '../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../_ui/states/table-skeleton';
import { NoticeCard } from './notice-card';

/** What has reached the viewer and is still so: what nobody looks after first. */
export function NoticesScreen() {
  const notices = useQuery({ ...useTRPC().notices.list.queryOptions(), refetchInterval: useRefreshInterval() });
  useReportRefresh(notices.data?.asOf, notices.isFetching, notices.isError);
  return (
    <>
      <RefreshingBar active={notices.isFetching && !notices.isPending} />
      <div className="space-y-4 pt-3">
        <div className="px-4">
          <h1 className="text-xl font-semibold">Notices</h1>
          <p className="text-muted">Whoever acknowledges a notice looks after it, and nobody else is told. It goes away when its reason does.</p>
        </div>
        {notices.data === undefined ? (
          notices.isError ? (
            <div className="px-4">
              <FailureState error={notices.error} what="notices" onRetry={() => void notices.refetch()} />
            </div>
          ) : (
            <TableSkeleton what="notices" rows={3} />
          )
        ) : notices.data.items.length === 0 ? (
          <div className="px-4">
            <EmptyState title="Nothing to look after">
              <p>Approvals that are waited for, holds that leak, expire or have to be reviewed, and operations that ended badly appear here for those who can act on them.</p>
            </EmptyState>
          </div>
        ) : (
          <ul className="space-y-3">
            {notices.data.items.map((notice) => (
              <li key={notice.id}>
                <NoticeCard notice={notice} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
