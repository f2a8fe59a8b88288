import { z } from 'zod';
import { count, histogram, instantMs } from './fields';
import { question } from './question';

/** Latency of hops per minute in which messages left; the newest version of each minute counts. */
export const askHopLatencyMinutes = question({
  name: 'hop latency minutes',
  sql: `SELECT FlowId AS flowId, HopId AS hopId, toUInt32(toUnixTimestamp(Minute)) AS minute,
  argMax(Messages, Version) AS messages, argMax(Lat, Version) AS latency
FROM hop_latency_minute
WHERE Minute >= toStartOfMinute(fromUnixTimestamp64Milli({fromMs:Int64})) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY FlowId, HopId, Minute
ORDER BY FlowId, HopId, Minute`,
  params: z.object({ fromMs: instantMs, toMs: instantMs }),
  row: z.object({ flowId: z.string(), hopId: z.string(), minute: z.number(), messages: count, latency: histogram }),
  maxRows: 500_000,
});
