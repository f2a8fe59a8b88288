import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

/** The newest look at each source as a whole, and the newest that succeeded. FINAL: of two rows of one instant the higher fence counts. */
export const askNewestSourceSamples = question({
  name: 'newest source samples',
  sql: `SELECT SourceId AS sourceId,
  max(SampleTime) > maxIf(SampleTime, Ok) AS isFailing, toUnixTimestamp64Milli(max(SampleTime)) AS lastMs, argMax(Error, SampleTime) AS error,
  countIf(Ok) > 0 AS hasSucceeded,
  argMaxIf((toUnixTimestamp64Milli(SampleTime), Alarms, BlockedConnections), SampleTime, Ok) AS newest
FROM source_samples FINAL
WHERE SourceId IN {sourceIds:Array(String)}
  AND SampleTime >= fromUnixTimestamp64Milli({fromMs:Int64}) AND SampleTime <= fromUnixTimestamp64Milli({toMs:Int64})
GROUP BY SourceId`,
  params: z.object({ sourceIds: z.array(z.string()), fromMs: instantMs, toMs: instantMs }),
  row: z.object({
    sourceId: z.string(), isFailing: z.coerce.boolean(), lastMs: z.coerce.number(), error: z.string(), hasSucceeded: z.coerce.boolean(),
    newest: z.tuple([z.coerce.number(), z.array(z.string()), z.number().nullable()]).transform(([at, alarms, blockedConnections]) => ({ at, alarms, blockedConnections })),
  }),
});
