import Link from 'next/link';
import type { LinkedSpan, TraceView } from '@/server/services/traces/trace-view';
import { countOf } from '../../../../_ui/format/number';

const SHOWN = 5;
const WORDS: Record<LinkedSpan['direction'], string> = { to: 'Caused by', from: 'Continued in' };

/** Where the message came from and where it went on, across traces. */
export function LinkedTraces({ linked, spans }: { linked: readonly LinkedSpan[]; spans: TraceView['spans'] }) {
  if (linked.length === 0) return null;
  return (
    <div className="space-y-1 px-4">
      {(['to', 'from'] as const).map((direction) => {
        const links = linked.filter((link) => link.direction === direction);
        if (links.length === 0) return null;
        return (
          <p key={direction} className="flex flex-wrap gap-x-4">
            <span className="text-muted">{WORDS[direction]}</span>
            {links.slice(0, SHOWN).map((link) => (
              <Link
                key={`${link.traceId}${link.spanId}${link.spanIndex}`}
                href={`/traces/${link.traceId}?span=${link.spanId}`}
                title={`${WORDS[direction]} span ${link.spanId} of trace ${link.traceId}, at ${spans.name[link.spanIndex] ?? 'a span that was not received'}`}
                className="figure-link"
              >
                trace {link.traceId.slice(0, 16)}…
              </Link>
            ))}
            {links.length > SHOWN && <span className="text-muted">and {countOf(links.length - SHOWN, 'more link')}, shown with their spans</span>}
          </p>
        );
      })}
    </div>
  );
}
