import { z } from 'zod';
import { count, instantMs } from './fields';
import { question } from './question';

/**
 * Which facilities, payers, suppliers and reasons the failed attempts of a window belong to. Reads `impact_minute`,
 * which is keyed by (Dim, Value, Minute): four short ranges per value.
 */
export const askFailureDimensions = question({
  name: 'failure dimensions',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, toString(Dim) AS dimension, Value AS value,
  sum(FailedAttempts) AS failedAttempts, sum(Leaves) AS leaves
FROM impact_minute
WHERE Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY FlowId, HopId, Dim, Value
HAVING failedAttempts > 0
ORDER BY FlowId, HopId, Dim, failedAttempts DESC, Value
LIMIT 5 BY FlowId, HopId, Dim`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({
    flowId: z.string(), hopId: z.string(), dimension: z.enum(['facility', 'payer', 'supplier', 'reason']), value: z.string(),
    failedAttempts: count, leaves: count,
  }),
});
