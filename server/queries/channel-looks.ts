import { z } from 'zod';
import { AGE_METHODS } from '@/server/domain/taps/facts';
import { instantMs } from './fields';
import { question } from './question';

/** A 64-bit total or gauge: the engine quotes it, and it must not pass through a JS number. */
const total = z.string().transform(BigInt).nullable();

const params = z.object({ sourceIds: z.array(z.string()), channelIds: z.array(z.string()), fromMs: instantMs, toMs: instantMs });

/**
 * FINAL: of two rows of one instant the one with the higher fence counts. The key (SourceId, ChannelId, Partition,
 * SampleTime) leads to the channels' newest granules. Tuples, because argMax and groupArray skip what is null.
 */
const SAMPLES = `FROM backlog_samples FINAL
WHERE SourceId IN {sourceIds:Array(String)} AND ChannelId IN {channelIds:Array(String)}
  AND SampleTime >= fromUnixTimestamp64Milli({fromMs:Int64}) AND SampleTime <= fromUnixTimestamp64Milli({toMs:Int64})`;

const look = z.tuple([z.coerce.number(), z.string(), total, total, total, z.number().nullable(), total, total, total])
  .transform(([at, epoch, waiting, inFlight, failed, consumers, entered, left, redelivered]) => ({ at, epoch, waiting, inFlight, failed, consumers, entered, left, redelivered }));

/**
 * Successful looks per channel and epoch, ascending: every one since `singlyMs`, before that the last of each quarter of a
 * minute since `quartersMs`, before that the last of each minute. So the answer has about a hundred looks per channel,
 * however often the source is looked at.
 */
export const askChannelLooks = question({
  name: 'channel looks',
  sql: `SELECT ChannelId AS channelId, Partition AS partition, arraySort(one -> (one.1, one.2), groupArray(newest)) AS looks
FROM (
  SELECT ChannelId, Partition,
    argMax((toUnixTimestamp64Milli(SampleTime), Epoch, Waiting, InFlight, Failed, Consumers, Entered, Left, Redelivered), SampleTime) AS newest
  ${SAMPLES} AND Ok
  GROUP BY ChannelId, Partition, Epoch, multiIf(
    SampleTime >= fromUnixTimestamp64Milli({singlyMs:Int64}), SampleTime,
    SampleTime >= fromUnixTimestamp64Milli({quartersMs:Int64}), toDateTime64(toStartOfInterval(SampleTime, INTERVAL 15 SECOND), 3),
    toDateTime64(toStartOfMinute(SampleTime), 3))
)
GROUP BY ChannelId, Partition`,
  params: params.extend({ singlyMs: instantMs, quartersMs: instantMs }),
  row: z.object({ channelId: z.string(), partition: z.string(), looks: z.array(look) }),
});

/** The newest look at each channel, and the newest that succeeded with everything it said. */
export const askNewestLooks = question({
  name: 'newest channel looks',
  sql: `SELECT ChannelId AS channelId, Partition AS partition,
  max(SampleTime) > maxIf(SampleTime, Ok) AS isFailing, toUnixTimestamp64Milli(max(SampleTime)) AS lastMs, argMax(Error, SampleTime) AS error,
  countIf(Ok) > 0 AS hasSucceeded,
  argMaxIf((toUnixTimestamp64Milli(SampleTime), Epoch, Waiting, InFlight, Failed, Consumers, Entered, Left, Redelivered), SampleTime, Ok) AS look,
  argMaxIf((State, Held, OldestAgeMs, AgeMethod, AgeNote), SampleTime, Ok) AS rest
${SAMPLES}
GROUP BY ChannelId, Partition`,
  params,
  row: z.object({
    channelId: z.string(), partition: z.string(), isFailing: z.coerce.boolean(), lastMs: z.coerce.number(), error: z.string(), hasSucceeded: z.coerce.boolean(), look,
    rest: z.tuple([z.string(), total, z.coerce.number().nullable(), z.enum(AGE_METHODS).or(z.literal('')), z.string()])
      .transform(([state, held, oldestAgeMs, ageMethod, ageNote]) => ({ state, held, oldestAgeMs, ageMethod: ageMethod === '' ? 'unknown' as const : ageMethod, ageNote })),
  }),
});
