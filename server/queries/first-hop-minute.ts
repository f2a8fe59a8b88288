import { z } from 'zod';
import { instantMs, instantOrNever } from './fields';
import { question } from './question';

/** The first receive-time minute within a window in which a hop had a span: before it silence cannot be told from not being watched. */
export const askFirstHopMinute = question({
  name: 'first minute of a hop',
  sql: `SELECT toInt64(toUnixTimestamp(min(Minute))) * 1000 AS firstMs
FROM flow_minute
WHERE FlowId = {flowId:String} AND HopId = {hopId:String}
  AND Minute >= fromUnixTimestamp64Milli({fromMs:Int64}) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})`,
  params: z.object({ flowId: z.string(), hopId: z.string(), fromMs: instantMs, toMs: instantMs }),
  row: z.object({ firstMs: instantOrNever }),
});
