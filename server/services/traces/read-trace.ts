import { inScope, type Scope } from '@/server/domain/roles/scope';
import { askLinksFrom, askLinksTo } from '@/server/queries/trace-links';
import { askTraceSkeleton, MAX_TRACE_SPANS, type TraceSkeleton } from '@/server/queries/trace-skeleton';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { rfc3339, rfc3339FromNs } from '../time/instants';
import { traceTimeRange } from './trace-time-range';
import type { LinkedSpan, TraceSpans, TraceView } from './trace-view';

const MAX_LINKS = 500;
/** How far from a trace the other end of a link is looked for. */
const LINK_WINDOW_MS = 7 * 24 * 3_600_000;

/**
 * One trace with all its spans, without attributes.
 *
 * @throws Refusal not-found, also when any span lies outside the caller's scope; invalid when it is too large to open
 */
export async function readTrace(context: ServiceContext, input: { traceId: string }): Promise<TraceView> {
  const scopes = authorize(context, 'traces:read', `Trace ${input.traceId}`);
  const range = await traceTimeRange(context, input.traceId);
  const [skeleton, to, from] = await Promise.all([
    askTraceSkeleton(context.clickhouse, { traceId: input.traceId, ...range }, context.signal),
    askLinksTo(context.clickhouse, { traceId: input.traceId, ...range, limit: MAX_LINKS }, context.signal),
    askLinksFrom(context.clickhouse, {
      traceId: input.traceId, fromMs: Math.max(0, range.fromS * 1000 - LINK_WINDOW_MS), toMs: range.toS * 1000 + LINK_WINDOW_MS, limit: MAX_LINKS,
    }, context.signal),
  ]);
  if (skeleton.spanId.length === 0 || !scopes.some((scope) => mayOpen(scope, skeleton))) {
    throw new Refusal('not-found', `Trace ${input.traceId} was not found. It may be older than the retention of spans, or outside your scope.`);
  }
  if (skeleton.spanId.length > MAX_TRACE_SPANS) {
    throw new Refusal('invalid', `Trace ${input.traceId} has more than ${MAX_TRACE_SPANS.toLocaleString('en')} spans, which is more than can be drawn.`);
  }
  return toView(input.traceId, skeleton, to, from, context.now());
}

function mayOpen(scope: Scope, skeleton: TraceSkeleton): boolean {
  return inScope(scope, { facilities: known(skeleton.facilityId), payers: known(skeleton.payerId) });
}

function known(values: string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

type LinkRow = { ownSpanId: string; otherTraceId: string; otherSpanId: string };

function toView(traceId: string, skeleton: TraceSkeleton, to: LinkRow[], from: LinkRow[], asOf: Date): TraceView {
  const index = new Map(skeleton.spanId.map((id, i) => [id, i]));
  const starts = skeleton.startNs.map((ns) => BigInt(ns));
  const start = starts[0]!;
  let end = start;
  for (const [i, begin] of starts.entries()) {
    const spanEnd = begin + BigInt(skeleton.durationNs[i]!);
    if (spanEnd > end) end = spanEnd;
  }
  const spans: TraceSpans = {
    spanId: skeleton.spanId,
    parentIndex: skeleton.parentSpanId.map((parent, i) => parentOf(parent, i, index)),
    name: skeleton.name,
    service: skeleton.service,
    kind: skeleton.kind,
    startOffsetNs: starts.map((ns) => Number(ns - start)),
    durationNs: skeleton.durationNs.map(Number),
    isError: skeleton.isError.map((flag) => flag === 1),
    flowId: skeleton.flowId,
    hopId: skeleton.hopId,
    leg: skeleton.leg,
    statusReason: skeleton.reason,
  };
  const linked = (rows: LinkRow[], direction: LinkedSpan['direction']): LinkedSpan[] =>
    rows.map((row) => ({ traceId: row.otherTraceId, spanId: row.otherSpanId, direction, spanIndex: index.get(row.ownSpanId) ?? -1 }));
  return {
    traceId,
    startedAt: rfc3339FromNs(start.toString()),
    durationNs: (end - start).toString(),
    asOf: rfc3339(asOf),
    spans,
    linked: [...linked(to, 'to'), ...linked(from, 'from')],
  };
}

/** A span that names itself as its parent would make a tree without an end. */
function parentOf(parent: string, own: number, index: Map<string, number>): number {
  const found = parent === '' ? undefined : index.get(parent);
  return found === undefined || found === own ? -1 : found;
}
