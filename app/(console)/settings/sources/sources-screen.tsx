'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../../_ui/live/refresh';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { RefreshingBar } from '../../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { SourceList } from './source-list';

/** What Signalbox is connected to, and how each tap is. */
export function SourcesScreen() {
  const mayRead = usePermission('sources:read');
  const mayManage = usePermission('sources:manage') === true;
  const refetchInterval = useRefreshInterval();
  const sources = useQuery({ ...useTRPC().sources.list.queryOptions(), enabled: mayRead === true, refetchInterval });
  useReportRefresh(sources.data === undefined ? undefined : new Date(sources.dataUpdatedAt).toISOString(), sources.isFetching, sources.isError);

  return (
    <>
      <RefreshingBar active={sources.isFetching && !sources.isPending} />
      <div className="space-y-4 pt-3">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4">
          <div>
            <h1 className="text-xl font-semibold">Sources</h1>
            <p className="text-muted">Installations that Signalbox is connected to. Taps only look; they never take, change or requeue a message.</p>
          </div>
          {mayManage && (
            <Link href="/settings/sources/new" className="button button-primary">
              <Plus size={14} aria-hidden />
              Add a source
            </Link>
          )}
        </div>
        {mayRead === false ? (
          <ForbiddenState what="sources" permission="sources:read" />
        ) : sources.data !== undefined ? (
          <SourceList sources={sources.data} mayManage={mayManage} failed={sources.isError} />
        ) : sources.isError ? (
          <div className="px-4">
            <FailureState error={sources.error} what="sources" onRetry={() => void sources.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="sources" rows={4} />
        )}
      </div>
    </>
  );
}
