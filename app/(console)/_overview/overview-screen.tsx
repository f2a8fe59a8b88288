'use client';

import { useQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../_ui/live/refresh';
import { FailureState } from '../../_ui/states/failure-state';
import { RefreshingBar } from '../../_ui/states/refreshing-bar';
import { OverviewBody } from './overview-body';
import { OverviewSkeleton } from './overview-skeleton';
import { wallParam } from './search-params';
import { Wallboard } from './wallboard';

/** What is wrong now, how bad is it, who has it: as a page to work with, or as a wallboard to look at. */
export function OverviewScreen() {
  const [wall] = useQueryState('wall', wallParam);
  const refetchInterval = useRefreshInterval();
  const overview = useQuery({ ...useTRPC().flows.overview.queryOptions(), refetchInterval });
  useReportRefresh(overview.data?.asOf, overview.isFetching, overview.isError);

  if (wall === '1') {
    return <Wallboard overview={overview.data} answeredAt={overview.dataUpdatedAt} failed={overview.isError} />;
  }
  return (
    <>
      <RefreshingBar active={overview.isFetching && !overview.isPending} />
      {overview.data !== undefined ? (
        <OverviewBody overview={overview.data} answeredAt={overview.dataUpdatedAt} />
      ) : overview.isError ? (
        <div className="px-4">
          <FailureState error={overview.error} what="the overview" onRetry={() => void overview.refetch()} />
        </div>
      ) : (
        <OverviewSkeleton />
      )}
    </>
  );
}
