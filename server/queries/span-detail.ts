import { z } from 'zod';
import { count } from './fields';
import { question } from './question';

const attributes = z.record(z.string(), z.string());

/** One span with everything stored about it; the newest when it was delivered twice. Reads by key. */
export const askSpanDetail = question({
  name: 'span detail',
  sql: `SELECT SpanId AS spanId, ParentSpanId AS parentSpanId, SpanName AS name, ServiceName AS service, SpanKind AS kind,
  toString(toUnixTimestamp64Nano(Timestamp)) AS startNs, toString(Duration) AS durationNs, toUnixTimestamp64Milli(ReceivedAt) AS receivedMs,
  StatusCode AS statusCode, StatusMessage AS statusMessage, Reason AS reason,
  FlowId AS flowId, HopId AS hopId, toString(Leg) AS leg, FacilityId AS facilityId, PayerId AS payerId, SupplierId AS supplierId,
  DepartmentId AS departmentId, ItemId AS itemId, CaseLabel AS caseLabel, toString(Amount) AS amount, Currency AS currency,
  MessageId AS messageId, ContractVersion AS contractVersion, SourceId AS sourceId, toUInt8(BatchId = 0) AS isForeign,
  SpanAttributes AS attributes, ResourceAttributes AS resource,
  arrayMap(at -> toString(toUnixTimestamp64Nano(at)), \`Events.Timestamp\`) AS eventNs, \`Events.Name\` AS eventNames, \`Events.Attributes\` AS eventAttributes,
  \`Links.TraceId\` AS linkTraceIds, \`Links.SpanId\` AS linkSpanIds, \`Links.Attributes\` AS linkAttributes
FROM otel_traces
WHERE TraceId = {traceId:String} AND SpanId = {spanId:String}
  AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(toDateTime({fromS:UInt32})) AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(toDateTime({toS:UInt32}))
ORDER BY ReceivedAt DESC
LIMIT 1`,
  params: z.object({ traceId: z.string(), spanId: z.string(), fromS: z.number().int(), toS: z.number().int() }),
  row: z.object({
    spanId: z.string(), parentSpanId: z.string(), name: z.string(), service: z.string(), kind: z.string(),
    startNs: z.string(), durationNs: z.string(), receivedMs: count, statusCode: z.string(), statusMessage: z.string(), reason: z.string(),
    flowId: z.string(), hopId: z.string(), leg: z.string(), facilityId: z.string(), payerId: z.string(), supplierId: z.string(),
    departmentId: z.string(), itemId: z.string(), caseLabel: z.string(), amount: z.string(), currency: z.string(),
    messageId: z.string(), contractVersion: z.string(), sourceId: z.string(), isForeign: z.coerce.boolean(),
    attributes, resource: attributes,
    eventNs: z.array(z.string()), eventNames: z.array(z.string()), eventAttributes: z.array(attributes),
    linkTraceIds: z.array(z.string()), linkSpanIds: z.array(z.string()), linkAttributes: z.array(attributes),
  }),
});
