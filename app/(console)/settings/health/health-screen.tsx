'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../../_ui/live/refresh';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { RefreshingBar } from '../../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { HealthBody } from './health-body';

/** Is Signalbox itself well? */
export function HealthScreen() {
  const permitted = usePermission('system:read');
  const refetchInterval = useRefreshInterval();
  const health = useQuery({
    ...useTRPC().system.health.queryOptions(),
    enabled: permitted === true,
    refetchInterval,
  });
  useReportRefresh(health.data?.asOf, health.isFetching, health.isError);

  return (
    <>
      <RefreshingBar active={health.isFetching && !health.isPending} />
      <div className="space-y-4 pt-3">
        <h1 className="px-4 text-xl font-semibold">Health of Signalbox</h1>
        {permitted === false ? (
          <ForbiddenState what="the health of Signalbox" permission="system:read" />
        ) : health.data !== undefined ? (
          <HealthBody health={health.data} failed={health.isError} />
        ) : health.isError ? (
          <div className="px-4">
            <FailureState error={health.error} what="the health of Signalbox" onRetry={() => void health.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="the health of Signalbox" rows={5} />
        )}
      </div>
    </>
  );
}
