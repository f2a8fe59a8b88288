import { z } from 'zod';
import { count, instantMs } from './fields';
import { question } from './question';

/**
 * Messages that failed in a window and are still failed, per hop, channel and reason. Reads the week's partition by
 * FailedAt, which is the same in all versions of an item; FINAL leaves the newest version.
 */
export const askRecentFailures = question({
  name: 'recent failures',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, ChannelId AS channelId, if(Reason != '', Reason, NativeReason) AS reason, count() AS failures
FROM failed_messages FINAL
WHERE FailedAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND FailedAt <= fromUnixTimestamp64Milli({toMs:Int64})
  AND FlowId != '' AND State = 'failed'
GROUP BY flowId, hopId, channelId, reason
ORDER BY flowId, hopId, failures DESC, reason`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({ flowId: z.string(), hopId: z.string(), channelId: z.string(), reason: z.string(), failures: count }),
});
