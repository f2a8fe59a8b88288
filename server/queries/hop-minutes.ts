import { z } from 'zod';
import { count, instantMs } from './fields';
import { question } from './question';

/** What entered, left and failed at one hop per receive-time minute that had any of it. Reads the rollup by its key prefix (FlowId, Minute). */
export const askHopMinutes = question({
  name: 'hop minutes',
  sql: `SELECT toUInt32(toUnixTimestamp(Minute)) AS minute, sum(Enters) AS enters, sum(Leaves) AS leaves, sum(FailedAttempts) AS failedAttempts
FROM flow_minute
WHERE FlowId = {flowId:String} AND HopId = {hopId:String}
  AND Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY Minute
ORDER BY Minute`,
  params: z.object({ flowId: z.string(), hopId: z.string(), fromMs: instantMs, toMs: instantMs }),
  row: z.object({ minute: z.number(), enters: count, leaves: count, failedAttempts: count }),
});
