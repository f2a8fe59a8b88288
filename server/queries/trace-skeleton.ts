import { z } from 'zod';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import { deadline } from './question';

/** A trace larger than this opens with a sentence instead. */
export const MAX_TRACE_SPANS = 100_000;
const TIMEOUT_MS = 20_000;

const params = z.object({ traceId: z.string(), fromS: z.number().int(), toS: z.number().int() });

/**
 * All spans of a trace without their attributes, one array per column. A span that was delivered twice counts once.
 * Reads raw spans by the first parts of the key: five-minute slot (from the trace's time range) and TraceId.
 */
const SQL = `SELECT SpanId AS spanId, ParentSpanId AS parentSpanId, SpanName AS name, ServiceName AS service, SpanKind AS kind,
  toString(toUnixTimestamp64Nano(Timestamp)) AS startNs, toString(Duration) AS durationNs, toUInt8(StatusCode = 'Error') AS isError,
  FlowId AS flowId, HopId AS hopId, toString(Leg) AS leg, Reason AS reason, FacilityId AS facilityId, PayerId AS payerId
FROM otel_traces
WHERE TraceId = {traceId:String}
  AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(toDateTime({fromS:UInt32})) AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(toDateTime({toS:UInt32}))
ORDER BY Timestamp, SpanId
LIMIT 1 BY TraceId, SpanId
LIMIT ${MAX_TRACE_SPANS + 1}`;

const texts = z.array(z.string()).default([]);
const columns = z.object({
  spanId: texts, parentSpanId: texts, name: texts, service: texts, kind: texts, startNs: texts, durationNs: texts,
  isError: z.array(z.number()).default([]), flowId: texts, hopId: texts, leg: texts, reason: texts, facilityId: texts, payerId: texts,
});
export type TraceSkeleton = z.output<typeof columns>;

export async function askTraceSkeleton(clickhouse: ClickHouse, input: z.input<typeof params>, signal?: AbortSignal): Promise<TraceSkeleton> {
  const answer = await clickhouse.queryColumns({ name: 'trace skeleton', sql: SQL, params: params.parse(input), maxRows: MAX_TRACE_SPANS + 1, timeoutMs: TIMEOUT_MS, signal: deadline(TIMEOUT_MS, signal) });
  return columns.parse(answer);
}
