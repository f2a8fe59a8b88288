'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { countStanding } from '@/server/domain/operations/received-decision';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval } from '../../../_ui/live/refresh';
import { Section } from '../../../_ui/section';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { DecideBar } from './decide-bar';
import { ReceivedFile } from './received-file';
import { ReceivedFilter } from './received-filter';
import { ReceivedSummary } from './received-summary';
import { ReceivedTable } from './received-table';
import { receivedParams } from './search-params';

const PAGE_ROWS = 50;
const TITLE = 'Received by the alternate';

/** What the alternate of a reroute received, so that somebody can decide of each: leave it there, void it there, or send it again. */
export function Received({ holdId }: { holdId: string }) {
  const permitted = usePermission('messages:read');
  const mayDecide = usePermission('operations:run') === true;
  const [values, setValues] = useQueryStates(receivedParams);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const refetchInterval = useRefreshInterval();
  const received = useInfiniteQuery({
    ...useTRPC().operations.received.infiniteQueryOptions(
      { holdId, limit: PAGE_ROWS, ...(values.decided === null ? {} : { standing: values.decided }), ...(values.payer === null ? {} : { payer: values.payer }), ...(values.facility === null ? {} : { facility: values.facility }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined }),
    enabled: permitted === true,
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const first = received.data?.pages[0];
  if (permitted === false) {
    return (
      <Section title={TITLE}>
        <ForbiddenState what="messages" permission="messages:read" />
      </Section>
    );
  }
  if (first === undefined) {
    return (
      <Section title={TITLE}>
        {received.isError ? (
          <div className="px-4">
            <FailureState error={received.error} what="messages that the alternate received" onRetry={() => void received.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="messages that the alternate received" rows={4} />
        )}
      </Section>
    );
  }
  const rows = received.data?.pages.flatMap(({ items }) => items) ?? [];
  const picked = rows.flatMap(({ copyKey }) => (selected.has(copyKey) ? [copyKey] : []));
  const { counts } = first;
  const any = counts !== null && (countStanding(counts, undefined) > 0 || Object.values(values).some((value) => value !== null));
  return (
    <Section title={`Received by ${first.alternate.name}`} note={first.isJournaled ? undefined : 'As the tap saw it, newest first'}>
      <div className="space-y-3">
        <ReceivedSummary page={first} />
        {any && <ReceivedFilter counts={counts} values={values} setValues={(change) => void setValues(change)} messages={rows} />}
        {any && mayDecide && <DecideBar first={first} picked={picked} filter={values} isStale={received.isPlaceholderData} onDecided={() => setSelected(new Set())} />}
        {any && rows.length === 0 && <p className="px-4 text-muted">{received.hasNextPage ? 'None among those that were looked through; show more to go on.' : 'No message matches.'}</p>}
        {rows.length > 0 && <ReceivedTable rows={rows} selection={mayDecide ? { selected, setSelected } : null} />}
        {any && (
          <div className="flex flex-wrap items-start gap-2 px-4">
            {received.hasNextPage && (
              <button type="button" className="button" disabled={received.isFetchingNextPage} onClick={() => void received.fetchNextPage()}>
                Show more
              </button>
            )}
            <ReceivedFile holdId={holdId} />
          </div>
        )}
      </div>
    </Section>
  );
}
