import { z } from 'zod';
import { count, instantMs, instantOrNever } from './fields';
import { question } from './question';

/**
 * What happened per flow, hop and receive-time minute. Reads the rollup by its key prefix (FlowId, Minute); its size
 * depends on the number of hops, not on traffic.
 */
export const askFlowMinutes = question({
  name: 'flow minutes',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, toUInt32(toUnixTimestamp(Minute)) AS minute,
  sum(Enters) AS enters, sum(Leaves) AS leaves, sum(FailedAttempts) AS failedAttempts,
  toUnixTimestamp64Milli(max(LastLeave)) AS lastLeaveMs
FROM flow_minute
WHERE Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY FlowId, HopId, Minute
ORDER BY FlowId, HopId, Minute`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({
    flowId: z.string(), hopId: z.string(), minute: z.number(),
    enters: count, leaves: count, failedAttempts: count, lastLeaveMs: instantOrNever,
  }),
  maxRows: 500_000,
});
