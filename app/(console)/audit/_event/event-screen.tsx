'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { Breadcrumb } from '../../../_ui/breadcrumb';
import { EmptyState } from '../../../_ui/states/empty-state';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { EventBody } from './event-body';

/** One event, whole. */
export function EventScreen({ seq }: { seq: string }) {
  const isNumber = /^[1-9]\d{0,17}$/.test(seq);
  const permitted = usePermission('audit:read');
  // The newest one below the next number; another one where there is none with this.
  const page = useQuery({
    ...useTRPC().audit.list.queryOptions({ limit: 1, cursor: isNumber ? (BigInt(seq) + 1n).toString() : '1' }),
    enabled: permitted === true && isNumber,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const event = page.data?.items.find((item) => item.seq === seq);
  return (
    <div className="space-y-4 px-4 pt-3">
      <Breadcrumb trail={[{ href: '/audit', name: 'Audit' }]} here={`Event ${seq}`} />
      <h1 className="text-xl font-semibold break-words">{event ? event.action : `Event ${seq}`}</h1>
      {permitted === false ? (
        <ForbiddenState what="the audit trail" permission="audit:read" />
      ) : page.isError ? (
        <FailureState error={page.error} what="the event" onRetry={() => void page.refetch()} />
      ) : event ? (
        <EventBody event={event} />
      ) : page.data !== undefined || !isNumber ? (
        <EmptyState title={`There is no event ${seq}`}>
          <p>Events are numbered from 1 on without gaps. If others point to this one, verify the chain.</p>
        </EmptyState>
      ) : (
        <TableSkeleton what="the event" rows={6} />
      )}
    </div>
  );
}
