import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

const leg = { flowId: z.string(), hopId: z.string(), leg: z.enum(['enter', 'leave']) };

/**
 * Whether a case was seen at a hop's leg: the evidence of a step of its process. Raw spans by case (bloom filter), from
 * `fromMs` on, the sender's time, which also leaves out whole days.
 */
export const askCaseSeen = question({
  name: 'case seen at a hop',
  sql: `SELECT count() AS spans FROM (
  SELECT 1 FROM otel_traces
  WHERE CaseToken = {caseToken:String} AND FlowId = {flowId:String} AND HopId = {hopId:String} AND Leg = {leg:String}
    AND StatusCode != 'Error' AND Timestamp >= fromUnixTimestamp64Milli({fromMs:Int64})
  LIMIT 1
)`,
  params: z.object({ ...leg, caseToken: z.string().min(1), fromMs: instantMs }),
  row: z.object({ spans: z.coerce.number() }),
  timeoutMs: 3_000,
});

/** Whether anything was traced at a hop's leg since an instant: only then does a missing case mean anything. By receive time (minmax index). */
export const askLegTraced = question({
  name: 'anything traced at a hop',
  sql: `SELECT count() AS spans FROM (
  SELECT 1 FROM otel_traces
  WHERE ReceivedAt >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND FlowId = {flowId:String} AND HopId = {hopId:String} AND Leg = {leg:String}
  LIMIT 1
)`,
  params: z.object({ ...leg, sinceMs: instantMs }),
  row: z.object({ spans: z.coerce.number() }),
  timeoutMs: 3_000,
});
