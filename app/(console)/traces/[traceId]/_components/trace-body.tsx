'use client';

import { parseAsString, useQueryState } from 'nuqs';
import type { TraceView } from '@/server/services/traces/trace-view';
import { Waterfall } from '../../../../_ui/waterfall/waterfall';
import { LinkedTraces } from './linked-traces';
import { SpanPanel } from './span-panel';
import { TraceHeader } from './trace-header';

interface Props {
  trace: TraceView;
  onReload: () => void;
  reloading: boolean;
}

export function TraceBody({ trace, onReload, reloading }: Props) {
  const [spanId, setSpanId] = useQueryState('span', parseAsString);
  const selected = spanId === null ? -1 : trace.spans.spanId.indexOf(spanId);
  return (
    <>
      <TraceHeader trace={trace} onReload={onReload} reloading={reloading} />
      <LinkedTraces linked={trace.linked} spans={trace.spans} />
      <div className="flex min-h-0 flex-1 flex-col border-t border-line bg-panel lg:flex-row">
        <div className="flex h-[70dvh] min-w-0 md:h-auto md:min-h-0 md:flex-1">
          <Waterfall
            key={trace.traceId}
            trace={trace}
            selected={selected}
            onSelect={(span) => void setSpanId(trace.spans.spanId[span] ?? null)}
          />
        </div>
        {selected >= 0 && <SpanPanel trace={trace} span={selected} onClose={() => void setSpanId(null)} />}
      </div>
    </>
  );
}
