import Link from 'next/link';
import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { eventNote } from '../_event/event-note';
import { OutcomeMark } from '../_event/outcome-mark';

const COLUMNS: readonly Column<AuditEventView>[] = [
  { header: 'Event', cell: ({ seq }) => `#${seq}`, numeric: true, className: 'align-top text-muted max-md:hidden' },
  { header: 'Time', cell: ({ at }) => <time dateTime={at}>{formatInstant(at)}</time>, className: 'align-top whitespace-nowrap max-md:hidden' },
  { header: 'Outcome', cell: ({ outcome }) => <OutcomeMark outcome={outcome} />, className: 'align-top max-md:hidden' },
  { header: 'Action', cell: (event) => <Action event={event} />, className: 'align-top max-md:px-4! max-md:py-2! md:whitespace-nowrap' },
  { header: 'Subject', cell: ({ subject }) => subject, className: 'align-top break-words max-md:hidden min-w-52 max-w-80' },
  { header: 'Actor', cell: ({ actor }) => actor, className: 'align-top break-words max-md:hidden min-w-52 max-w-80' },
  { header: 'Reason or change', cell: eventNote, className: 'align-top break-words max-md:hidden min-w-56 text-muted' },
];

/** One row per event; the row opens it. */
export function AuditTable({ events, caption = 'Audit events' }: { events: readonly AuditEventView[]; caption?: string }) {
  return <DataTable caption={caption} rows={events} rowKey={({ seq }) => seq} columns={COLUMNS} />;
}

/** On a phone it carries what else there is no room for. */
function Action({ event }: { event: AuditEventView }) {
  const note = eventNote(event);
  return (
    <>
      <span className="flex flex-wrap gap-x-3 text-muted md:hidden">
        <OutcomeMark outcome={event.outcome} />
        <time dateTime={event.at}>{formatInstant(event.at)}</time>
      </span>
      <Link {...ROW_LINK} href={`/audit/${event.seq}`} className="font-medium after:absolute after:inset-0 hover:underline">
        {event.action}
        <span className="sr-only">, event {event.seq}</span>
      </Link>
      <span className="block [overflow-wrap:anywhere] md:hidden">{event.subject}</span>
      <span className="block [overflow-wrap:anywhere] text-muted md:hidden">by {event.actor}</span>
      {note !== null && <span className="block [overflow-wrap:anywhere] text-muted md:hidden">{note}</span>}
    </>
  );
}
