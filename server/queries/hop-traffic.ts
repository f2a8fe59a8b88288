import { z } from 'zod';
import { count, instantMs, instantOrNever } from './fields';
import { question } from './question';

/**
 * What has been seen on one hop since the minute of an instant, by the time of receipt, and when the last of it came. Any span
 * of the hop counts, whether it is a leg or not: a repeated call is traffic too. Reads the rollup by its key prefix (FlowId,
 * Minute).
 */
export const askHopTraffic = question({
  name: 'hop traffic',
  sql: `SELECT sum(Enters) AS enters, sum(Leaves) AS leaves, toUnixTimestamp64Milli(max(LastSeen)) AS lastSeenMs
FROM flow_minute
WHERE FlowId = {flowId:String} AND HopId = {hopId:String}
  AND Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})`,
  params: z.object({ flowId: z.string(), hopId: z.string(), fromMs: instantMs, toMs: instantMs }),
  row: z.object({ enters: count, leaves: count, lastSeenMs: instantOrNever }),
  timeoutMs: 1_500,
});
