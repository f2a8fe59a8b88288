import type { ComponentHealth, Status } from '@/server/domain/health/flow-view';
import { DataTable } from '../../../_ui/data-table';
import { formatCount } from '../../../_ui/format/number';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';

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
              <span className="font-medium">{component}</span> <span className="break-all text-muted">{instance}</span>
            </>
          ),
        },
        {
          header: 'How it is',
          className: 'min-w-64',
          cell: ({ summary, detail }) => (
            <>
              {summary}
              <Detail detail={detail} />
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

function ComponentMark({ status }: { status: ComponentHealth['status'] }) {
  const mark = MARKS[status];
  return (
    <span className={`inline-flex items-center gap-2 font-medium ${STATUS_TONE[mark.status]}`}>
      <StatusShape status={mark.status} />
      {mark.word}
    </span>
  );
}

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const entries = Object.entries(detail);
  if (entries.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-4 text-muted">
      {entries.map(([key, value]) => (
        <div key={key} className="flex gap-1">
          <dt>{wordsOf(key)}</dt>
          <dd className="break-all tabular-nums text-ink">{textOf(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** `spoolBytes` → `spool bytes`. */
function wordsOf(key: string): string {
  return key.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (value === null || value === undefined) return 'not known';
  return Object.entries(value)
    .map(([key, part]) => `${wordsOf(key)} ${textOf(part)}`)
    .join(', ');
}
