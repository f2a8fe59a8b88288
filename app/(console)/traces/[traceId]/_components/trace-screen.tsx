'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../../_api/trpc';
import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { FailureState } from '../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { usePermission } from '../../../_session/permission';
import { TraceBody } from './trace-body';
import { TraceSkeleton } from './trace-skeleton';

/** What happened to this one message. */
export function TraceScreen({ traceId }: { traceId: string }) {
  const permitted = usePermission('traces:read');
  const trace = useQuery({
    ...useTRPC().traces.byId.queryOptions({ traceId }, { trpc: { context: { large: true } } }),
    enabled: permitted === true,
  });
  return (
    <div className="flex flex-col gap-3 pt-3 md:h-[calc(100dvh-48px)]">
      <div className="px-4">
        <Breadcrumb trail={[{ href: '/traces', name: 'Traces' }]} here={traceId} />
      </div>
      {permitted === false ? (
        <ForbiddenState asPage what="traces" permission="traces:read" />
      ) : trace.data !== undefined ? (
        <TraceBody trace={trace.data} onReload={() => void trace.refetch()} reloading={trace.isFetching} />
      ) : trace.isError ? (
        <div className="px-4">
          <FailureState error={trace.error} what="trace" onRetry={() => void trace.refetch()} />
        </div>
      ) : (
        <TraceSkeleton />
      )}
    </div>
  );
}
