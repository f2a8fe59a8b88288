'use client';

import Link from 'next/link';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import { DataTable } from '../../../../_ui/data-table';
import { formatDuration } from '../../../../_ui/format/duration';
import { ROW_LINK } from '../../../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { EmptyState } from '../../../../_ui/states/empty-state';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { usePermission } from '../../../_session/permission';

export function RecentTraces({ traces }: { traces: FlowDetail['recentTraces'] }) {
  const permitted = usePermission('traces:read');
  if (permitted === false) return <ForbiddenState what="traces" permission="traces:read" />;
  if (traces.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No trace of this flow in the last hour" />
      </div>
    );
  }
  return (
    <DataTable
      caption="Recent traces"
      rows={traces}
      rowKey={(trace) => trace.traceId}
      columns={[
        { header: 'Started', cell: ({ startedAt }) => <RelativeTime instant={startedAt} />, className: 'w-28' },
        {
          header: 'Trace',
          cell: ({ traceId }) => (
            <Link {...ROW_LINK} href={`/traces/${traceId}`} title={traceId} className="after:absolute after:inset-0 hover:underline">
              {traceId.slice(0, 16)}…
            </Link>
          ),
        },
        { header: 'Outcome', cell: (trace) => (trace.isError ? <Failed reason={trace.reason} /> : 'no error') },
        { header: 'Duration', numeric: true, cell: ({ durationMs }) => formatDuration(durationMs) },
      ]}
    />
  );
}

function Failed({ reason }: { reason: string }) {
  return <span className="font-medium text-failing">error{reason !== '' && `: ${reason}`}</span>;
}
