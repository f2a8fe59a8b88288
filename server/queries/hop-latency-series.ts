import { z } from 'zod';
import { histogram, instantMs } from './fields';
import { question } from './question';

/**
 * Latency of one hop per bucket in which messages left. The newest version of each minute counts, and the histograms of a
 * bucket's minutes add up exactly. Reads (FlowId, HopId, Minute), the table's key.
 */
export const askHopLatencySeries = question({
  name: 'hop latency series',
  sql: `SELECT toUInt32(intDiv(minute, {bucketSeconds:UInt32}) * {bucketSeconds:UInt32}) AS bucket, sumMap(newest) AS latency
FROM (
  SELECT toUnixTimestamp(Minute) AS minute, argMax(Lat, Version) AS newest
  FROM hop_latency_minute
  WHERE FlowId = {flowId:String} AND HopId = {hopId:String}
    AND Minute >= fromUnixTimestamp64Milli({fromMs:Int64}) AND Minute <= fromUnixTimestamp64Milli({toMs:Int64})
  GROUP BY Minute
)
GROUP BY bucket
ORDER BY bucket`,
  params: z.object({ flowId: z.string(), hopId: z.string(), fromMs: instantMs, toMs: instantMs, bucketSeconds: z.number().int().min(60) }),
  row: z.object({ bucket: z.number(), latency: histogram }),
});
