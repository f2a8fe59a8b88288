'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval } from '../../../_ui/live/refresh';
import { Section } from '../../../_ui/section';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { ReceivedFile } from './received-file';
import { ReceivedSummary } from './received-summary';
import { ReceivedTable } from './received-table';

const PAGE_ROWS = 50;
const TITLE = 'Received by the alternate';

/** What the alternate of a reroute received, so that somebody can decide of each: leave it there, void it there, or send it again. */
export function Received({ holdId }: { holdId: string }) {
  const permitted = usePermission('messages:read');
  const refetchInterval = useRefreshInterval();
  const received = useInfiniteQuery({
    ...useTRPC().operations.received.infiniteQueryOptions({ holdId, limit: PAGE_ROWS }, { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined }),
    enabled: permitted === true,
    // What is over does not change any more.
    refetchInterval: ({ state }) => (state.data?.pages[0] !== undefined && state.data.pages[0].until !== null ? false : refetchInterval),
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
  return (
    <Section title={`Received by ${first.alternate.name}`} note={first.isJournaled ? undefined : 'As the tap saw it, newest first'}>
      <div className="space-y-3">
        <ReceivedSummary page={first} />
        {rows.length > 0 && <ReceivedTable rows={rows} />}
        {rows.length > 0 && (
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
