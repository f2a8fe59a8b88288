'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useQueryStates, type inferParserType } from 'nuqs';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../_ui/live/refresh';
import { Section } from '../../_ui/section';
import { EmptyState } from '../../_ui/states/empty-state';
import { FailureState } from '../../_ui/states/failure-state';
import { ForbiddenState } from '../../_ui/states/forbidden-state';
import { RefreshingBar } from '../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../_ui/states/table-skeleton';
import { usePermission } from '../_session/permission';
import { HoldTable } from './_holds/hold-table';
import { OperationTable } from './_list/operation-table';
import { LeverSwitch } from './_switch/lever-switch';
import { operationsParams } from './search-params';

const PAGE_ROWS = 50;

type Shown = inferParserType<typeof operationsParams.show>;
const SHOWN: Record<Shown, { name: string; title: string; none: string }> = {
  open: { name: 'Open ones', title: 'Open operations', none: 'No operation is open' },
  plans: { name: 'Plans that nobody has confirmed', title: 'Plans that nobody has confirmed', none: 'No plan waits for somebody to confirm it' },
  all: { name: 'All', title: 'All operations', none: 'No operation was ever asked for' },
};

/** What is held or rerouted, and what was done: by whom, whether it works, and what waits for somebody. */
export function OperationsScreen() {
  const trpc = useTRPC();
  const permitted = usePermission('operations:read');
  const refetchInterval = useRefreshInterval();
  const [{ show, flow }, setParams] = useQueryStates(operationsParams);
  const operations = useInfiniteQuery({
    ...trpc.operations.list.infiniteQueryOptions(
      { state: show, limit: PAGE_ROWS, ...(flow === null ? {} : { flowId: flow }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
    enabled: permitted === true,
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const holds = useQuery({ ...trpc.operations.holds.queryOptions(flow === null ? {} : { flowId: flow }), refetchInterval });
  useReportRefresh(operations.data?.pages[0]?.asOf, operations.isFetching, operations.isError);
  if (permitted === false) return <ForbiddenState asPage what="operations" permission="operations:read" />;
  const rows = operations.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <RefreshingBar active={operations.isFetching && !operations.isPending} />
      <div className="space-y-8 pt-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h1 className="px-4 text-xl font-semibold">Operations</h1>
          <LeverSwitch />
        </div>
        <Section title="In place" note="What is held or rerouted now">
          {holds.data === undefined ? (
            holds.isError ? (
              <div className="px-4">
                <FailureState error={holds.error} what="holds" onRetry={() => void holds.refetch()} />
              </div>
            ) : (
              <TableSkeleton what="holds" rows={1} />
            )
          ) : holds.data.items.length === 0 ? (
            <p className="px-4 text-muted">Nothing is held and nothing is rerouted.</p>
          ) : (
            <HoldTable holds={holds.data.items} />
          )}
        </Section>
        <Section title={SHOWN[show].title} note="Newest first">
          <div className="flex flex-wrap gap-2 px-4 pb-3">
            <select aria-label="Which operations" className="field" value={show} onChange={(event) => void setParams({ show: operationsParams.show.parse(event.target.value) })}>
              {Object.entries(SHOWN).map(([value, { name }]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
            {flow !== null && (
              <button type="button" className="button text-muted" onClick={() => void setParams({ flow: null })}>
                <X size={14} aria-hidden />
                Flow {flow}
              </button>
            )}
          </div>
          {operations.data === undefined ? (
            operations.isError ? (
              <div className="px-4">
                <FailureState error={operations.error} what="operations" onRetry={() => void operations.refetch()} />
              </div>
            ) : (
              <TableSkeleton what="operations" rows={6} />
            )
          ) : rows.length === 0 ? (
            <div className="px-4">
              <EmptyState title={SHOWN[show].none}>
                {show !== 'all' ? (
                  <button type="button" className="button text-ink" onClick={() => void setParams({ show: 'all' })}>
                    Show all
                  </button>
                ) : (
                  <p>Levers are on the page of each flow.</p>
                )}
              </EmptyState>
            </div>
          ) : (
            <OperationTable operations={rows} caption="Operations" />
          )}
          {operations.hasNextPage && (
            <div className="px-4 pt-3">
              <button type="button" className="button" disabled={operations.isFetchingNextPage} onClick={() => void operations.fetchNextPage()}>
                Show older ones
              </button>
            </div>
          )}
        </Section>
      </div>
    </>
  );
}
