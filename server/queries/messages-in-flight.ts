import { z } from 'zod';
import { latencyBucket } from '@/server/store/clickhouse/rollups';
import { count, histogram, instantMs, instantOrNever } from './fields';
import { question } from './question';

/**
 * Seconds-fresh facts per hop, which minutes cannot give: what entered, left and failed in the last minute and half
 * minute, how long what left had taken, and what entered within the window and neither left nor failed: how many wait,
 * and for how long. Reads raw spans by receive time (minmax index) between `fromMs` and `toMs`.
 */
export const askMessagesInFlight = question({
  name: 'messages in flight',
  sql: `WITH fromUnixTimestamp64Milli({toMs:Int64} - 60000) AS minuteAgo, fromUnixTimestamp64Milli({toMs:Int64} - 30000) AS halfMinuteAgo,
messages AS (
  SELECT FlowId, HopId, MessageId,
    countIf(Leg = 'enter') > 0 AS entered, countIf(Leg = 'leave') > 0 AS left,
    minIf(toUnixTimestamp64Nano(Timestamp), Leg = 'enter') AS enterNs,
    minIf(ReceivedAt, Leg = 'enter') AS enteredAt,
    maxIf(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration), Leg = 'leave') AS leaveNs,
    maxIf(ReceivedAt, Leg = 'leave') AS leftAt,
    countIf(Leg = 'enter' AND ReceivedAt >= minuteAgo) AS enters60, countIf(Leg = 'enter' AND ReceivedAt >= halfMinuteAgo) AS enters30,
    countIf(Leg = 'leave' AND ReceivedAt >= minuteAgo) AS leaves60, countIf(Leg = 'leave' AND ReceivedAt >= halfMinuteAgo) AS leaves30,
    countIf(Leg = 'attempt' AND StatusCode = 'Error' AND ReceivedAt >= minuteAgo) AS failures60,
    countIf(Leg = 'attempt' AND StatusCode = 'Error' AND ReceivedAt >= halfMinuteAgo) AS failures30,
    argMaxIf(StatusCode, (Timestamp, SpanId), Leg = 'attempt') = 'Error' AS failed,
    maxIf(ReceivedAt, Leg = 'attempt' AND StatusCode = 'Error') AS failedAt,
    MessageId != '' AND entered AND left AS matched,
    MessageId != '' AND entered AND NOT left AND NOT failed AS waiting
  FROM otel_traces
  WHERE ReceivedAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND ReceivedAt <= fromUnixTimestamp64Milli({toMs:Int64})
    AND FlowId != '' AND Leg != 'none'
  GROUP BY FlowId, HopId, MessageId
)
SELECT FlowId AS flowId, HopId AS hopId,
  sum(enters60) AS minuteEnters, sum(leaves60) AS minuteLeaves, sum(failures60) AS minuteFailures,
  sum(enters30) AS halfMinuteEnters, sum(leaves30) AS halfMinuteLeaves, sum(failures30) AS halfMinuteFailures,
  sumMapIf(map(${latencyBucket('greatest(0, leaveNs - enterNs)')}, toUInt64(1)), matched AND leftAt >= minuteAgo) AS minuteLatency,
  sumMapIf(map(${latencyBucket('greatest(0, leaveNs - enterNs)')}, toUInt64(1)), matched AND leftAt >= halfMinuteAgo) AS halfMinuteLatency,
  sumMapIf(map(${latencyBucket('({toMs:Int64} - toUnixTimestamp64Milli(enteredAt)) * 1000000')}, toUInt64(1)), waiting) AS waitingAge,
  toUnixTimestamp64Milli(minIf(enteredAt, waiting)) AS oldestWaitingMs,
  toUnixTimestamp64Milli(max(failedAt)) AS lastFailureMs,
  countIf(matched) AS matchedMessages
FROM messages
GROUP BY FlowId, HopId`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({
    flowId: z.string(), hopId: z.string(),
    minuteEnters: count, minuteLeaves: count, minuteFailures: count,
    halfMinuteEnters: count, halfMinuteLeaves: count, halfMinuteFailures: count,
    minuteLatency: histogram, halfMinuteLatency: histogram, waitingAge: histogram,
    oldestWaitingMs: instantOrNever, lastFailureMs: instantOrNever, matchedMessages: count,
  }),
});
