import { z } from 'zod';
import { count, histogram, instantMs, instantOrNever } from './fields';
import { question } from './question';

const bucket = (ns: string) => `toUInt16(least(511, greatest(0, toInt32(floor(log2(greatest(${ns}, 1)) * 16)) - 160)))`;

/**
 * Seconds-fresh facts per hop, which minutes cannot give: what left and failed since `recentMs`, how long it had taken,
 * and what entered within the window and neither left nor failed: how many wait and for how long.
 * Reads raw spans by receive time (minmax index) between `fromMs` and `toMs`.
 */
export const askMessagesInFlight = question({
  name: 'messages in flight',
  sql: `WITH fromUnixTimestamp64Milli({recentMs:Int64}) AS recent,
messages AS (
  SELECT FlowId, HopId, MessageId,
    minIf(toUnixTimestamp64Nano(Timestamp), Leg = 'enter') AS enterNs,
    minIf(ReceivedAt, Leg = 'enter') AS enteredAt,
    maxIf(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration), Leg = 'leave') AS leaveNs,
    maxIf(ReceivedAt, Leg = 'leave') AS leftAt,
    countIf(Leg = 'enter') AS enters, countIf(Leg = 'leave') AS leaves,
    countIf(Leg = 'enter' AND ReceivedAt >= recent) AS newEnters, countIf(Leg = 'leave' AND ReceivedAt >= recent) AS newLeaves,
    countIf(Leg = 'attempt' AND StatusCode = 'Error' AND ReceivedAt >= recent) AS newFailures,
    argMaxIf(StatusCode, (Timestamp, SpanId), Leg = 'attempt') = 'Error' AS failed,
    maxIf(ReceivedAt, Leg = 'attempt' AND StatusCode = 'Error') AS failedAt
  FROM otel_traces
  WHERE ReceivedAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND ReceivedAt <= fromUnixTimestamp64Milli({toMs:Int64})
    AND FlowId != '' AND Leg != 'none'
  GROUP BY FlowId, HopId, MessageId
)
SELECT FlowId AS flowId, HopId AS hopId,
  sum(newLeaves) AS recentLeaves, sum(newFailures) AS recentFailures, sum(newEnters) AS recentEnters,
  toUnixTimestamp64Milli(max(failedAt)) AS lastFailureMs,
  countIf(enters > 0 AND leaves > 0 AND MessageId != '') AS matched,
  sumMapIf(map(${bucket('greatest(0, leaveNs - enterNs)')}, toUInt64(1)), enters > 0 AND leaves > 0 AND leftAt >= recent AND MessageId != '') AS recentLatency,
  sumMapIf(map(${bucket('(({toMs:Int64} - toUnixTimestamp64Milli(enteredAt)) * 1000000)')}, toUInt64(1)), enters > 0 AND leaves = 0 AND NOT failed AND MessageId != '') AS waitingAge,
  toUnixTimestamp64Milli(minIf(enteredAt, enters > 0 AND leaves = 0 AND NOT failed AND MessageId != '')) AS oldestWaitingMs
FROM messages
GROUP BY FlowId, HopId`,
  params: z.object({ fromMs: instantMs, toMs: instantMs, recentMs: instantMs }),
  row: z.object({
    flowId: z.string(), hopId: z.string(), recentLeaves: count, recentFailures: count, recentEnters: count,
    lastFailureMs: instantOrNever, matched: count, recentLatency: histogram, waitingAge: histogram, oldestWaitingMs: instantOrNever,
  }),
});
