import { z } from 'zod';
import { question } from './question';

/** When a trace happened, in whole seconds since the epoch; no row when it was never received. Lookup by primary key. */
export const askTraceTimeRange = question({
  name: 'trace time range',
  sql: `SELECT toUInt32(toUnixTimestamp(min(Start))) AS fromS, toUInt32(toUnixTimestamp(max(End))) AS toS, toUInt32(count()) AS parts
FROM otel_traces_trace_id_ts
WHERE TraceId = {traceId:String}
HAVING parts > 0`,
  params: z.object({ traceId: z.string() }),
  row: z.object({ fromS: z.number(), toS: z.number(), parts: z.number() }),
});
