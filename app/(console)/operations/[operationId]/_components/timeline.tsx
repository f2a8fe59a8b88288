import type { OperationEvent } from '@/server/services/operations/operation-view';
import { formatClock, formatInstant } from '../../../../_ui/format/instant';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { EmptyState } from '../../../../_ui/states/empty-state';

/** What happened, with who did it: the sentence names them. */
export function Timeline({ events }: { events: readonly OperationEvent[] }) {
  if (events.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="Nothing has happened yet" />
      </div>
    );
  }
  return (
    <ol className="border-y border-line bg-panel">
      {newestFirst(events).map((event) => (
        <li key={event.id} className="flex gap-4 border-b border-line px-4 py-1.5 last:border-b-0">
          <span className="w-18 shrink-0 text-muted max-sm:hidden">
            <RelativeTime instant={event.at} />
          </span>
          <time dateTime={event.at} title={formatInstant(event.at)} className="shrink-0 text-muted">
            {formatClock(event.at)}
          </time>
          <span className="min-w-0 break-words">{event.sentence}</span>
        </li>
      ))}
    </ol>
  );
}

/** An operation and its hold say the same where both reach their state at once; that is told once. */
function newestFirst(events: readonly OperationEvent[]): OperationEvent[] {
  return events.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).filter((event, index, sorted) => event.sentence !== sorted[index + 1]?.sentence);
}
