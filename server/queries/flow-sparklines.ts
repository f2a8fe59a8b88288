import { z } from 'zod';
import { count, instantMs } from './fields';
import { question } from './question';

/** Leaves and failed attempts per hop and minute, for sparklines. Reads the rollup by its key prefix (FlowId, Minute). */
export const askFlowSparklines = question({
  name: 'flow sparklines',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, toUInt32(toUnixTimestamp(Minute)) AS minute,
  sum(Leaves) AS leaves, sum(FailedAttempts) AS failedAttempts
FROM flow_minute
WHERE FlowId IN {flowIds:Array(String)}
  AND Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY FlowId, HopId, Minute
ORDER BY FlowId, HopId, Minute`,
  params: z.object({ flowIds: z.array(z.string()), fromMs: instantMs, toMs: instantMs }),
  row: z.object({ flowId: z.string(), hopId: z.string(), minute: z.number(), leaves: count, failedAttempts: count }),
  timeoutMs: 3_000,
  maxRows: 500_000,
});
