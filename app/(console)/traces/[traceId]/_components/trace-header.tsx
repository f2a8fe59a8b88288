import { RotateCw } from 'lucide-react';
import Link from 'next/link';
import type { TraceView } from '@/server/services/traces/trace-view';
import { formatNanoseconds } from '../../../../_ui/format/duration';
import { formatInstant } from '../../../../_ui/format/instant';
import { countOf } from '../../../../_ui/format/number';
import { RelativeTime } from '../../../../_ui/live/relative-time';

interface Props {
  trace: TraceView;
  onReload: () => void;
  reloading: boolean;
}

export function TraceHeader({ trace, onReload, reloading }: Props) {
  const { spans } = trace;
  const services = new Set(spans.service).size;
  const errors = spans.isError.filter(Boolean).length;
  const flows = [...new Set(spans.flowId)].filter((id) => id !== '').toSorted();
  return (
    <header className="px-4">
      <h1 className="text-xl font-semibold break-words">
        {spans.service[0]} <span className="font-normal">{spans.name[0]}</span>
      </h1>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
        <span>
          {formatInstant(trace.startedAt)} (<RelativeTime instant={trace.startedAt} />)
        </span>
        <span className="text-ink">{formatNanoseconds(trace.durationNs)}</span>
        <span>{countOf(spans.spanId.length, 'span')}</span>
        <span>{countOf(services, 'service')}</span>
        <span className={errors > 0 ? 'font-medium text-failing' : ''}>{countOf(errors, 'error')}</span>
        {flows.map((flow) => (
          <Link key={flow} href={`/flows/${encodeURIComponent(flow)}`} className="figure-link text-ink">
            {flow}
          </Link>
        ))}
        {flows.length === 0 && <span>no flow: no contract matched its spans</span>}
        <button type="button" className="inline-flex min-h-[24px] items-center gap-1 hover:text-ink" onClick={onReload} disabled={reloading}>
          <RotateCw size={12} aria-hidden />
          {reloading ? 'Looking for late spans' : 'Look for late spans'}
        </button>
      </p>
    </header>
  );
}
