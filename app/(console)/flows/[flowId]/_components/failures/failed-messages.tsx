'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { useTRPC } from '../../../../../_api/trpc';
import { useRefreshInterval } from '../../../../../_ui/live/refresh';
import { EmptyState } from '../../../../../_ui/states/empty-state';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../../../_ui/states/table-skeleton';
import { usePermission } from '../../../../_session/permission';
import { FailureFilter } from './failure-filter';
import { FailureTable } from './failure-table';
import { ReplayBar } from './replay-bar';
import { failureParams, isFiltering } from './search-params';
import { pickedOf } from './selection';

const PAGE_ROWS = 20;

/** Messages of a flow that the technology gave up on, newest first, within the viewer's scope. */
export function FailedMessages({ flowId }: { flowId: string }) {
  const trpc = useTRPC();
  const permitted = usePermission('messages:read');
  const refetchInterval = useRefreshInterval();
  const mayPlan = usePermission('operations:plan');
  const [values, setValues] = useQueryStates(failureParams);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter = { flowId, reason: values.reason ?? undefined, payer: values.payer ?? undefined, facility: values.facility ?? undefined };
  const messages = useInfiniteQuery({
    ...trpc.failures.byFlow.infiniteQueryOptions({ ...filter, limit: PAGE_ROWS }, { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined }),
    enabled: permitted === true,
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const reasons = useQuery({ ...trpc.failures.reasonsOfFlow.queryOptions({ flowId }), enabled: permitted === true, refetchInterval });

  if (permitted === false) return <ForbiddenState what="failed messages" permission="messages:read" />;
  if (messages.data === undefined) {
    return messages.isError ? (
      <div className="px-4">
        <FailureState error={messages.error} what="failed messages" onRetry={() => void messages.refetch()} />
      </div>
    ) : (
      <TableSkeleton what="failed messages" rows={4} />
    );
  }
  const rows = messages.data.pages.flatMap(({ items }) => items);
  const hops = [...new Set(rows.map(({ hopId }) => hopId))];
  return (
    <>
      {(rows.length > 0 || isFiltering(values)) && (
        <FailureFilter values={values} setValues={(change) => void setValues(change)} reasons={reasons.data?.items ?? []} messages={rows} />
      )}
      {rows.length === 0 ? (
        <div className="px-4">
          <EmptyState title={isFiltering(values) ? 'No failed message matches the filter' : 'No failed message in the last 30 days'} />
        </div>
      ) : (
        <>
          <ReplayBar picked={pickedOf(rows, selected)} filter={values} hopId={hops.length === 1 ? (hops[0] ?? null) : null} onClear={() => setSelected(new Set())} />
          <FailureTable messages={rows} selection={mayPlan === true ? { selected, setSelected } : null} />
        </>
      )}
      {messages.hasNextPage && (
        <div className="px-4 pt-3">
          <button type="button" className="button" disabled={messages.isFetchingNextPage} onClick={() => void messages.fetchNextPage()}>
            Show older ones
          </button>
        </div>
      )}
    </>
  );
}
