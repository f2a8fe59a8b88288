'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import { isFinal } from '@/server/domain/operations/operation-states';
import { ITEM_STATE_WORDS, type ItemState } from '@/server/domain/operations/item-states';
import type { OperationItemView, OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../../_api/trpc';
import { DataTable } from '../../../../_ui/data-table';
import { formatMoney } from '../../../../_ui/format/money';
import { formatCount, NOT_KNOWN } from '../../../../_ui/format/number';
import { useRefreshInterval } from '../../../../_ui/live/refresh';
import { useReadAgainWhen } from '../../../../_ui/live/read-again';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { EmptyState } from '../../../../_ui/states/empty-state';
import { FailureState } from '../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../../_ui/states/table-skeleton';
import { usePermission } from '../../../_session/permission';
import { ItemMark } from '../../_marks/item-mark';
import { itemCounts } from '../../_words/progress-figures';
import { itemParam } from './search-params';

const PAGE_ROWS = 50;

/** The items of an operation by state, in the order of acting. */
export function ItemTable({ operation }: { operation: OperationView }) {
  const permitted = usePermission('messages:read');
  const [state, setState] = useQueryState('items', itemParam);
  const refetchInterval = useRefreshInterval();
  const items = useInfiniteQuery({
    ...useTRPC().operations.items.infiniteQueryOptions(
      { id: operation.id, limit: PAGE_ROWS, ...(state === null ? {} : { state }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
    enabled: permitted === true,
    refetchInterval: isFinal(operation.state) ? false : refetchInterval,
    placeholderData: keepPreviousData,
  });
  // The rows belong to the counts above them: when those change, at the latest when it ends, they are read again.
  useReadAgainWhen(JSON.stringify(operation.items), items.refetch);
  if (permitted === false) return <ForbiddenState what="items" permission="messages:read" />;
  const rows = items.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <StateFilter counts={itemCounts(operation.items)} state={state} setState={(next) => void setState(next)} />
      {items.data === undefined ? (
        items.isError ? (
          <div className="px-4">
            <FailureState error={items.error} what="items" onRetry={() => void items.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="items" rows={4} />
        )
      ) : rows.length === 0 ? (
        <div className="px-4">
          <EmptyState title={state === null ? 'No item within your scope' : `No item is ${ITEM_STATE_WORDS[state].toLowerCase()}`} />
        </div>
      ) : (
        <Items rows={rows} />
      )}
      {items.hasNextPage && (
        <div className="px-4 pt-3">
          <button type="button" className="button" disabled={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
            Show more
          </button>
        </div>
      )}
    </>
  );
}

function StateFilter({ counts, state, setState }: { counts: { state: ItemState; count: number }[]; state: ItemState | null; setState: (state: ItemState | null) => void }) {
  const shown = state !== null && !counts.some((one) => one.state === state) ? [...counts, { state, count: 0 }] : counts;
  return (
    <div role="group" aria-label="Items by state" className="flex flex-wrap gap-1 px-3 pb-2">
      <Toggle on={state === null} onChoose={() => setState(null)}>
        All
      </Toggle>
      {shown.map((one) => (
        <Toggle key={one.state} on={state === one.state} onChoose={() => setState(state === one.state ? null : one.state)}>
          <ItemMark state={one.state} />
          <span className="font-medium tabular-nums">{formatCount(one.count)}</span>
        </Toggle>
      ))}
    </div>
  );
}

function Toggle({ on, onChoose, children }: { on: boolean; onChoose: () => void; children: React.ReactNode }) {
  return (
    <button type="button" aria-pressed={on} onClick={onChoose} className={`inline-flex h-8 items-center gap-1.5 rounded-sm border px-2 ${on ? 'border-accent bg-raised' : 'border-transparent hover:bg-raised'}`}>
      {children}
    </button>
  );
}

function Items({ rows }: { rows: readonly OperationItemView[] }) {
  return (
    <DataTable
      caption="Items"
      rows={rows}
      rowKey={({ itemKey }) => itemKey}
      columns={[
        { header: 'State', className: 'align-top', cell: ({ state }) => <ItemMark state={state} /> },
        { header: 'What became of it', className: 'align-top min-w-56', cell: (item) => <Note item={item} /> },
        { header: 'Case', className: 'align-top break-all min-w-28', cell: ({ caseLabel, messageId }) => caseLabel ?? <span className="text-muted">{messageId ?? NOT_KNOWN}</span> },
        { header: 'Reason', className: 'align-top', cell: ({ reason }) => reason ?? NOT_KNOWN },
        { header: 'Payer', className: 'align-top', cell: ({ payerId }) => payerId ?? NOT_KNOWN },
        { header: 'Facility', className: 'align-top', cell: ({ facilityId }) => facilityId ?? NOT_KNOWN },
        { header: 'Sent', className: 'align-top', cell: ({ sentAt }) => (sentAt === null ? NOT_KNOWN : <RelativeTime instant={sentAt} />) },
        { header: 'Amount', numeric: true, className: 'align-top', cell: ({ amount }) => formatMoney(amount) },
      ]}
    />
  );
}

function Note({ item: { note, instead } }: { item: OperationItemView }) {
  return (
    <>
      {note}
      {instead !== '' && <span className="block max-w-prose break-words text-muted">Instead: {instead}</span>}
    </>
  );
}
