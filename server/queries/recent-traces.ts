import { z } from 'zod';
import { IN_SCOPE, instantMs, scopeParams } from './fields';
import { question } from './question';

/**
 * The newest traces that touched a flow, with the flow's own share of them, cut to what the asker may see.
 * Reads raw spans by event time (first part of the key) and the set index on FlowId.
 */
export const askRecentTraces = question({
  name: 'recent traces of a flow',
  sql: `SELECT TraceId AS traceId, toString(toUnixTimestamp64Nano(min(Timestamp))) AS startedNs,
  toString(max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) - min(toUnixTimestamp64Nano(Timestamp))) AS durationNs,
  max(StatusCode = 'Error') AS isError, anyIf(Reason, Reason != '') AS reason
FROM otel_traces
WHERE FlowId = {flowId:String}
  AND Timestamp >= fromUnixTimestamp64Milli({fromMs:Int64}) AND Timestamp <= fromUnixTimestamp64Milli({toMs:Int64})
  AND ${IN_SCOPE}
GROUP BY TraceId
ORDER BY min(Timestamp) DESC, TraceId
LIMIT {limit:UInt32}`,
  params: z.object({ flowId: z.string(), fromMs: instantMs, toMs: instantMs, limit: z.number().int().min(1).max(500), ...scopeParams }),
  row: z.object({
    traceId: z.string(), startedNs: z.string(), durationNs: z.string(), isError: z.coerce.boolean(), reason: z.string(),
  }),
});
