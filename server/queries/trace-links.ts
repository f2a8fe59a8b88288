import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

const row = z.object({ ownSpanId: z.string(), otherTraceId: z.string(), otherSpanId: z.string() });

/** Links that spans of a trace hold to spans of others. Reads the trace's own rows by key. */
export const askLinksTo = question({
  name: 'trace links to',
  sql: `SELECT DISTINCT SpanId AS ownSpanId, link.1 AS otherTraceId, link.2 AS otherSpanId
FROM otel_traces
ARRAY JOIN arrayZip(\`Links.TraceId\`, \`Links.SpanId\`) AS link
WHERE TraceId = {traceId:String}
  AND toStartOfFiveMinutes(Timestamp) >= toStartOfFiveMinutes(toDateTime({fromS:UInt32})) AND toStartOfFiveMinutes(Timestamp) <= toStartOfFiveMinutes(toDateTime({toS:UInt32}))
LIMIT {limit:UInt32}`,
  params: z.object({ traceId: z.string(), fromS: z.number().int(), toS: z.number().int(), limit: z.number().int().max(5_000) }),
  row,
});

/** Links that spans of other traces hold to this one. Finds them by the bloom filter on Links.TraceId in a bounded window. */
export const askLinksFrom = question({
  name: 'trace links from',
  sql: `SELECT DISTINCT link.2 AS ownSpanId, TraceId AS otherTraceId, SpanId AS otherSpanId
FROM otel_traces
ARRAY JOIN arrayZip(\`Links.TraceId\`, \`Links.SpanId\`) AS link
WHERE has(\`Links.TraceId\`, {traceId:String}) AND link.1 = {traceId:String} AND TraceId != {traceId:String}
  AND Timestamp >= fromUnixTimestamp64Milli({fromMs:Int64}) AND Timestamp <= fromUnixTimestamp64Milli({toMs:Int64})
LIMIT {limit:UInt32}`,
  params: z.object({ traceId: z.string(), fromMs: instantMs, toMs: instantMs, limit: z.number().int().max(5_000) }),
  row,
});
