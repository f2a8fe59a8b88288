import { z } from 'zod';
import { instantMs, instantOrNever } from './fields';
import { question } from './question';

/** When each hop was last left before the minutes that are read in detail: a long silence must keep its beginning. */
export const askLastLeaves = question({
  name: 'last leaves',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, toUnixTimestamp64Milli(max(LastLeave)) AS lastLeaveMs
FROM flow_minute
WHERE Minute >= fromUnixTimestamp64Milli({fromMs:Int64}) AND Minute < fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY FlowId, HopId`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({ flowId: z.string(), hopId: z.string(), lastLeaveMs: instantOrNever }),
});
