'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useQueryStates } from 'nuqs';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../_ui/live/refresh';
import { EmptyState } from '../../_ui/states/empty-state';
import { FailureState } from '../../_ui/states/failure-state';
import { RefreshingBar } from '../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../_ui/states/table-skeleton';
import { usePermission } from '../_session/permission';
import { AuditFrame } from './audit-frame';
import { ChainState } from './_chain/chain-state';
import { AuditFilterBar } from './_list/audit-filter-bar';
import { AuditTable } from './_list/audit-table';
import { ExportButtons } from './_list/export-buttons';
import { auditParams, toFilter } from './search-params';

const PAGE_ROWS = 50;

/** The audit trail, newest first: filtered by the address, verified by a button, taken along as a file. */
export function AuditScreen() {
  const permitted = usePermission('audit:read') === true;
  const [values, setValues] = useQueryStates(auditParams);
  const filter = toFilter(values);
  const isFiltering = Object.keys(filter).length > 0;
  const refetchInterval = useRefreshInterval();
  const events = useInfiniteQuery({
    ...useTRPC().audit.list.infiniteQueryOptions({ ...filter, limit: PAGE_ROWS }, { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined }),
    enabled: permitted,
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  useReportRefresh(events.data?.pages[0]?.asOf, events.isFetching, events.isError);
  const rows = events.data?.pages.flatMap(({ items }) => items) ?? [];

  return (
    <>
      <RefreshingBar active={events.isFetching && !events.isPending} />
      <AuditFrame current="/audit" actions={<ExportButtons filter={filter} />}>
        <ChainState permitted={permitted} />
        <AuditFilterBar values={values} isFiltering={isFiltering} setValues={(change) => void setValues(change)} />
        {events.isError ? (
          <div className="px-4">
            <FailureState error={events.error} what="the audit trail" onRetry={() => void events.refetch()} />
          </div>
        ) : events.data === undefined ? (
          <TableSkeleton what="the audit trail" rows={12} />
        ) : rows.length === 0 ? (
          <div className="px-4">
            <EmptyState title={isFiltering ? 'No event meets the filter' : 'Nothing has been recorded yet'}>
              {isFiltering ? (
                <button type="button" className="button text-ink" onClick={() => void setValues(null)}>
                  Show all events
                </button>
              ) : (
                <p>Every change, approval, sign-in and refusal will be here from now on.</p>
              )}
            </EmptyState>
          </div>
        ) : (
          <AuditTable events={rows} />
        )}
        {events.hasNextPage && (
          <div className="px-4">
            <button type="button" className="button" disabled={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
              Show older ones
            </button>
          </div>
        )}
      </AuditFrame>
    </>
  );
}
