import Link from 'next/link';
import type { ComponentHealth, Status } from '@/server/domain/health/flow-view';
import { DataTable } from '../../../_ui/data-table';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { ComponentDetail } from './component-detail';

/** Parts of Signalbox wear the same shapes as flows, with their own words. */
const MARKS: Record<ComponentHealth['status'], { status: Status; word: string }> = {
  ok: { status: 'healthy', word: 'Well' },
  warning: { status: 'degraded', word: 'Warning' },
  down: { status: 'failing', word: 'Down' },
};

export function ComponentTable({ components }: { components: readonly ComponentHealth[] }) {
  return (
    <DataTable
      caption="Parts of Signalbox"
      rows={components}
      rowKey={({ component, instance }) => `${component} ${instance}`}
      columns={[
        { header: 'Status', cell: ({ status }) => <ComponentMark status={status} />, className: 'w-28 align-top' },
        {
          header: 'Part',
          className: 'align-top min-w-32',
          cell: ({ component, instance }) => (
            <>
              <span className="font-medium">{component}</span>
              {instance !== component && (
                <span className="block text-muted">
                  <Instance component={component} instance={instance} />
                </span>
              )}
            </>
          ),
        },
        {
          header: 'How it is',
          className: 'min-w-64',
          cell: ({ summary, detail }) => (
            <>
              {summary}
              <ComponentDetail detail={detail} />
            </>
          ),
        },
        {
          header: 'Reported',
          numeric: true,
          className: 'align-top',
          cell: ({ reportedAt }) => (reportedAt === null ? 'never' : <RelativeTime instant={reportedAt} />),
        },
      ]}
    />
  );
}

/** A tap is named by its source, whose page tells more. */
function Instance({ component, instance }: Pick<ComponentHealth, 'component' | 'instance'>) {
  if (component !== 'tap') return instance;
  return (
    <Link href={`/settings/sources/${encodeURIComponent(instance)}`} className="figure-link">
      {instance}
    </Link>
  );
}

function ComponentMark({ status }: { status: ComponentHealth['status'] }) {
  const mark = MARKS[status];
  return (
    <span className={`inline-flex items-center gap-2 font-medium ${STATUS_TONE[mark.status]}`}>
      <StatusShape status={mark.status} />
      {mark.word}
    </span>
  );
}
