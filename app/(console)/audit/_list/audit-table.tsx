import Link from 'next/link';
import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { OutcomeMark } from '../_event/outcome-mark';

const COLUMNS: readonly Column<AuditEventView>[] = [
  { header: 'Event', cell: ({ seq }) => `#${seq}`, numeric: true, className: 'align-top text-muted max-md:hidden' },
  { header: 'Time', cell: ({ at }) => <time dateTime={at}>{formatInstant(at)}</time>, className: 'align-top whitespace-nowrap' },
  { header: 'Outcome', cell: ({ outcome }) => <OutcomeMark outcome={outcome} />, className: 'align-top' },
  {
    header: 'Action',
    className: 'align-top whitespace-nowrap',
    cell: ({ seq, action }) => (
      <Link {...ROW_LINK} href={`/audit/${seq}`} className="font-medium after:absolute after:inset-0 hover:underline">
        {action}
        <span className="sr-only">, event {seq}</span>
      </Link>
    ),
  },
  { header: 'Subject', cell: ({ subject }) => subject, className: 'align-top break-all min-w-40' },
  { header: 'Actor', cell: ({ actor }) => actor, className: 'align-top break-all min-w-40' },
  { header: 'Reason', cell: ({ reason }) => reason, className: 'align-top break-words min-w-56 text-muted' },
];

/** One row per event; the row opens it. */
export function AuditTable({ events, caption = 'Audit events' }: { events: readonly AuditEventView[]; caption?: string }) {
  return <DataTable caption={caption} rows={events} rowKey={({ seq }) => seq} columns={COLUMNS} />;
}
