'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../../_api/trpc';
import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { LiveFacts } from '../../../../_ui/live/live-facts';
import { useRefreshInterval, useReportRefresh } from '../../../../_ui/live/refresh';
import { FailureState } from '../../../../_ui/states/failure-state';
import { RefreshingBar } from '../../../../_ui/states/refreshing-bar';
import { FlowBody } from './flow-body';
import { FlowSkeleton } from './flow-skeleton';
import { LeverHandProvider } from './levers/lever-hand';

/** Which hop is failing, since when, and what the contract says about it. */
export function FlowScreen({ flowId }: { flowId: string }) {
  const refetchInterval = useRefreshInterval();
  const flow = useQuery({ ...useTRPC().flows.byId.queryOptions({ flowId }), refetchInterval });
  useReportRefresh(flow.data?.health.evaluatedAt, flow.isFetching, flow.isError);

  return (
    <>
      <RefreshingBar active={flow.isFetching && !flow.isPending} />
      <div className="space-y-6 pt-3">
        <div className="px-4">
          <Breadcrumb trail={[{ href: '/', name: 'Overview' }]} here={flow.data?.name ?? flowId} />
        </div>
        {flow.data !== undefined ? (
          <LiveFacts times={{ asOf: flow.data.health.evaluatedAt, evaluatedAt: null, answeredAt: flow.dataUpdatedAt }}>
            <LeverHandProvider>
              <FlowBody flow={flow.data} />
            </LeverHandProvider>
          </LiveFacts>
        ) : flow.isError ? (
          <div className="px-4">
            <FailureState error={flow.error} what="flow" onRetry={() => void flow.refetch()} />
          </div>
        ) : (
          <FlowSkeleton />
        )}
      </div>
    </>
  );
}
