'use client';

import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { TraceView } from '@/server/services/traces/trace-view';
import { useTRPC } from '../../../../_api/trpc';
import { formatNanoseconds } from '../../../../_ui/format/duration';
import { FailureState } from '../../../../_ui/states/failure-state';
import { Loading, Skeleton } from '../../../../_ui/states/skeleton';
import { SpanDetails } from './span-details';

/** One span in full, asked for when it is selected: beside the waterfall, below it, or on a phone over its lower half. */
export function SpanPanel({ trace, span, onClose }: { trace: TraceView; span: number; onClose: () => void }) {
  const { spans, traceId } = trace;
  const spanId = spans.spanId[span]!;
  const detail = useQuery(useTRPC().traces.span.queryOptions({ traceId, spanId }));
  return (
    <aside
      aria-label="Selected span"
      className="min-w-0 overflow-y-auto border-line bg-panel max-lg:border-t max-md:fixed max-md:inset-x-0 max-md:bottom-14 max-md:z-10 max-md:max-h-[55dvh] max-md:border-line-strong md:max-lg:max-h-[45%] lg:w-[400px] lg:shrink-0 lg:border-l"
    >
      <div className="sticky top-0 flex items-start gap-2 border-b border-line bg-panel py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold break-words">{spans.name[span]}</h2>
          <p className="text-muted">
            {spans.service[span]}, {formatNanoseconds(spans.durationNs[span]!)}, started at{' '}
            {formatNanoseconds(spans.startOffsetNs[span]!)}
          </p>
        </div>
        <button type="button" onClick={onClose} className="flex size-8 shrink-0 items-center justify-center rounded-sm hover:bg-raised">
          <X size={16} aria-hidden />
          <span className="sr-only">Close the span</span>
        </button>
      </div>
      <div className="px-4 py-3">
        {detail.data !== undefined ? (
          <SpanDetails detail={detail.data} hasParent={spans.parentIndex[span]! >= 0} traceStartedAt={trace.startedAt} />
        ) : detail.isError ? (
          <FailureState error={detail.error} what="span" onRetry={() => void detail.refetch()} />
        ) : (
          <Loading what="the span">
            <div className="space-y-3">
              <Skeleton className="h-4 w-48" />
              <Skeleton className="h-4 w-64" />
              <Skeleton className="h-24 w-full" />
            </div>
          </Loading>
        )}
      </div>
    </aside>
  );
}
