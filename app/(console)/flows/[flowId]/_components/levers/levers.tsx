'use client';

import { useQuery } from '@tanstack/react-query';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import { useTRPC } from '../../../../../_api/trpc';
import { useRefreshInterval } from '../../../../../_ui/live/refresh';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { Loading, Skeleton } from '../../../../../_ui/states/skeleton';
import { usePermission } from '../../../../_session/permission';
import { HoldPanel } from '../../../../operations/_holds/hold-panel';
import { LeversDisabled } from '../../../../operations/_switch/levers-disabled';
import { byUrgency } from '../../../../operations/_words/hold-words';
import { LeverRow } from './lever-row';

/** The levers of one hop, and what is held or rerouted on the flow. */
export function Levers({ flow, hopId }: { flow: FlowDetail; hopId: string | null }) {
  const trpc = useTRPC();
  const refetchInterval = useRefreshInterval();
  const mayPlan = usePermission('operations:plan');
  const frame = useQuery({ ...trpc.operations.frame.queryOptions({ flowId: flow.id, ...(hopId === null ? {} : { hopId }) }), refetchInterval });
  const holds = useQuery({ ...trpc.operations.holds.queryOptions({ flowId: flow.id }), refetchInterval });

  if (frame.data === undefined) {
    if (!frame.isError) return <LeversSkeleton />;
    return (
      <div className="px-4">
        <FailureState error={frame.error} what="levers" onRetry={() => void frame.refetch()} />
      </div>
    );
  }
  return (
    <div className="space-y-3">
      {frame.data.leversDisabled !== null && (
        <div className="px-4">
          <LeversDisabled disabled={frame.data.leversDisabled} />
        </div>
      )}
      {(holds.data?.items ?? frame.data.holds).toSorted(byUrgency).map((hold) => (
        <HoldPanel key={hold.id} hold={hold} />
      ))}
      {mayPlan === false ? (
        <p className="px-4 text-muted">You may look, and not act: levers need the permission operations:plan, which the roles noc and engineer include. An administrator can grant them to you.</p>
      ) : (
        <LeverRow frame={frame.data} hopName={flow.hops.find((hop) => hop.hopId === frame.data.hopId)?.name ?? frame.data.hopId} />
      )}
    </div>
  );
}

function LeversSkeleton() {
  return (
    <Loading what="the levers">
      <div className="grid gap-2 px-4 sm:grid-cols-3">
        {[1, 2, 3].map((lever) => (
          <Skeleton key={lever} className="h-24 w-full" />
        ))}
      </div>
    </Loading>
  );
}
