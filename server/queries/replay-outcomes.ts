import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

/**
 * Which of these messages a hop's leg was seen for since an instant: the business result of what was sent again. Raw spans by
 * receive time (minmax index) and message id (bloom filter).
 */
export const askSeenMessages = question({
  name: 'messages seen at a hop',
  sql: `SELECT DISTINCT MessageId AS messageId
FROM otel_traces
WHERE ReceivedAt >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND FlowId = {flowId:String} AND HopId = {hopId:String} AND Leg = {leg:String}
  AND StatusCode != 'Error' AND has({messageIds:Array(String)}, MessageId)
LIMIT {limit:UInt32}`,
  params: z.object({ flowId: z.string(), hopId: z.string(), leg: z.enum(['enter', 'leave']), sinceMs: instantMs, messageIds: z.array(z.string()).min(1).max(10_000), limit: z.number().int().min(1).max(10_000) }),
  row: z.object({ messageId: z.string() }),
});

/** Which of these items failed again: their newest version is failed, and died after an instant. */
export const askFailedAgain = question({
  name: 'items that failed again',
  sql: `SELECT ItemKey AS itemKey, if(Reason != '', Reason, NativeReason) AS reason, toUnixTimestamp64Milli(SeenAt) AS seenMs
FROM failed_messages FINAL
WHERE SourceId = {sourceId:String} AND OriginChannelId = {originChannelId:String} AND FlowId = {flowId:String} AND State = 'failed'
  AND SeenAt >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND has({itemKeys:Array(String)}, ItemKey)
LIMIT {limit:UInt32}`,
  params: z.object({ sourceId: z.string(), originChannelId: z.string(), flowId: z.string(), sinceMs: instantMs, itemKeys: z.array(z.string()).min(1).max(10_000), limit: z.number().int().min(1).max(10_000) }),
  row: z.object({ itemKey: z.string(), reason: z.string(), seenMs: z.coerce.number() }),
});
