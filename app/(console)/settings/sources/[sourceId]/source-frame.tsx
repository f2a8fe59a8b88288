'use client';

import { useQuery } from '@tanstack/react-query';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';
import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { useRefreshInterval, useReportRefresh } from '../../../../_ui/live/refresh';
import { FailureState } from '../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { RefreshingBar } from '../../../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../../../_ui/states/table-skeleton';
import { usePermission } from '../../../_session/permission';

/** What the pages of one source share: its facts, the way back, and why there may be nothing to show. */
export function SourceFrame({ sourceId, here, children }: { sourceId: string; here: string | null; children: (source: SourceView) => React.ReactNode }) {
  const permitted = usePermission('sources:read');
  const refetchInterval = useRefreshInterval();
  const source = useQuery({ ...useTRPC().sources.byId.queryOptions({ sourceId }), enabled: permitted === true, refetchInterval });
  useReportRefresh(source.data === undefined ? undefined : new Date(source.dataUpdatedAt).toISOString(), source.isFetching, source.isError);
  const name = source.data?.name ?? sourceId;
  const sources = { href: '/settings/sources', name: 'Sources' };

  return (
    <>
      <RefreshingBar active={source.isFetching && !source.isPending} />
      <div className="space-y-6 pt-3">
        <div className="px-4">
          <Breadcrumb trail={here === null ? [sources] : [sources, { href: `/settings/sources/${encodeURIComponent(sourceId)}`, name }]} here={here ?? name} />
        </div>
        {permitted === false ? (
          <ForbiddenState what="sources" permission="sources:read" />
        ) : source.data !== undefined ? (
          children(source.data)
        ) : source.isError ? (
          <div className="px-4">
            <FailureState error={source.error} what="source" onRetry={() => void source.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="the source" rows={6} />
        )}
      </div>
    </>
  );
}
