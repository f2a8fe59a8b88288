import { inScope } from '@/server/domain/roles/scope';
import { askSpanDetail } from '@/server/queries/span-detail';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { rfc3339FromNs } from '../time/instants';
import { traceTimeRange } from './trace-time-range';
import type { SpanDetail } from './trace-view';

type SpanRow = Awaited<ReturnType<typeof askSpanDetail>>[number];

/** One span with its attributes. Throws Refusal not-found, also when the span lies outside the caller's scope. */
export async function readSpan(context: ServiceContext, input: { traceId: string; spanId: string }): Promise<SpanDetail> {
  const scopes = authorize(context, 'traces:read', `Span ${input.spanId}`);
  const range = await traceTimeRange(context, input.traceId);
  const [row] = await askSpanDetail(context.clickhouse, { ...input, ...range }, context.signal);
  const visible = row && scopes.some((scope) => inScope(scope, { facilities: known(row.facilityId), payers: known(row.payerId) }));
  if (!visible) throw new Refusal('not-found', `Span ${input.spanId} was not found in trace ${input.traceId}.`);
  return toDetail(input.traceId, row.isForeign ? masked(row) : row);
}

function toDetail(traceId: string, row: SpanRow): SpanDetail {
  return {
    traceId,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId || null,
    name: row.name,
    service: row.service,
    kind: row.kind,
    startedAt: rfc3339FromNs(row.startNs),
    durationNs: row.durationNs,
    receivedAt: new Date(row.receivedMs).toISOString(),
    status: { code: row.statusCode, message: row.statusMessage, reason: row.reason },
    business: {
      flowId: row.flowId || null,
      hopId: row.hopId || null,
      leg: row.leg,
      facilityId: row.facilityId || null,
      payerId: row.payerId || null,
      supplierId: row.supplierId || null,
      departmentId: row.departmentId || null,
      itemId: row.itemId || null,
      caseLabel: row.caseLabel || null,
      amount: row.currency ? { amount: row.amount, currency: row.currency } : null,
      messageId: row.messageId || null,
      contractVersion: row.contractVersion || null,
    },
    attributes: row.attributes,
    resource: row.resource,
    events: row.eventNs.map((ns, i) => ({ at: rfc3339FromNs(ns), name: row.eventNames[i] ?? '', attributes: row.eventAttributes[i] ?? {} })),
    links: row.linkTraceIds.map((linked, i) => ({ traceId: linked, spanId: row.linkSpanIds[i] ?? '', attributes: row.linkAttributes[i] ?? {} })),
  };
}

/**
 * Our receivers mask what may identify a person before a span is stored. A row that another collector wrote into the
 * table has not been through that, so none of its values are shown, only which keys it has.
 */
function masked(row: SpanRow): SpanRow {
  return {
    ...row,
    statusMessage: maskOf(row.statusMessage),
    attributes: maskValues(row.attributes),
    resource: maskValues(row.resource),
    eventNames: row.eventNames.map(maskOf),
    eventAttributes: row.eventAttributes.map(maskValues),
    linkAttributes: row.linkAttributes.map(maskValues),
  };
}

function maskValues(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, maskOf(value)]));
}

function maskOf(value: string): string {
  return value === '' ? '' : `‹masked:${[...value].length}›`;
}

function known(value: string): string[] {
  return value === '' ? [] : [value];
}
