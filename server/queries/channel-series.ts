import { z } from 'zod';
import { AGE_METHODS } from '@/server/domain/taps/facts';
import { instantMs } from './fields';
import { question } from './question';

/** A 64-bit total or gauge: the engine quotes it, and it must not pass through a JS number. */
const total = z.string().transform(BigInt).nullable();

const look = z.tuple([z.coerce.number(), z.string(), total, total]).transform(([at, epoch, entered, left]) => ({ at, epoch, entered, left }));

/**
 * What the successful looks at one channel said per bucket that had any: the most that waited, the longest that the oldest
 * had waited, and the counters at the last look of each epoch. FINAL: of two rows of one instant the one with the higher
 * fence counts. Reads the channel's own range of the key (SourceId, ChannelId, Partition, SampleTime). Tuples, because
 * argMax skips what is null.
 */
export const askChannelSeries = question({
  name: 'channel series',
  sql: `SELECT bucket, max(mostWaiting) AS waiting, max(oldest) AS oldestAgeMs, argMax(method, oldest) AS ageMethod, arraySort(one -> one.1, groupArray(lastLook)) AS looks
FROM (
  SELECT toUInt32(intDiv(toUnixTimestamp64Milli(SampleTime), 1000 * {bucketSeconds:UInt32}) * {bucketSeconds:UInt32}) AS bucket,
    max(Waiting) AS mostWaiting, max(OldestAgeMs) AS oldest, argMax(AgeMethod, OldestAgeMs) AS method,
    argMax((toUnixTimestamp64Milli(SampleTime), Epoch, Entered, Left), SampleTime) AS lastLook
  FROM backlog_samples FINAL
  WHERE SourceId = {sourceId:String} AND ChannelId = {channelId:String} AND Partition = {partition:String}
    AND SampleTime >= fromUnixTimestamp64Milli({fromMs:Int64}) AND SampleTime <= fromUnixTimestamp64Milli({toMs:Int64})
    AND Ok
  GROUP BY bucket, Epoch
)
GROUP BY bucket
ORDER BY bucket`,
  params: z.object({
    sourceId: z.string(), channelId: z.string(), partition: z.string(), fromMs: instantMs, toMs: instantMs, bucketSeconds: z.number().int().min(60),
  }),
  row: z.object({
    bucket: z.number(), waiting: total, oldestAgeMs: z.coerce.number().nullable(),
    /** Null where no age is known. */
    ageMethod: z.enum(AGE_METHODS).nullable(), looks: z.array(look),
  }),
});
