import { z } from 'zod';
import { instantMs } from './fields';
import { question } from './question';

const touched = {
  messageId: z.string(), caseToken: z.string(), caseLabel: z.string(), facilityId: z.string(), payerId: z.string(),
  amount: z.string().nullable().transform((text) => text ?? ''), currency: z.string(),
};

const TOUCHED = `MessageId AS messageId, CaseToken AS caseToken, CaseLabel AS caseLabel, FacilityId AS facilityId, PayerId AS payerId, toString(Amount) AS amount, Currency AS currency`;

/**
 * Failed messages of one hop that a replay asks for, oldest first: by an absolute window and filter, or by their keys. FINAL:
 * what was resolved since is gone. Reads the weeks of the window by FailedAt, and the set index on FlowId.
 */
export const askReplayCandidates = question({
  name: 'candidates of a replay',
  sql: `SELECT ItemKey AS itemKey, ${TOUCHED}, if(Reason != '', Reason, NativeReason) AS reason,
  toUnixTimestamp64Milli(FailedAt) AS failedMs, toUnixTimestamp64Milli(SeenAt) AS seenMs
FROM failed_messages FINAL
WHERE SourceId = {sourceId:String} AND OriginChannelId = {originChannelId:String} AND FlowId = {flowId:String} AND State = 'failed'
  AND FailedAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND FailedAt <= fromUnixTimestamp64Milli({toMs:Int64})
  AND (empty({itemKeys:Array(String)}) OR has({itemKeys:Array(String)}, ItemKey))
  AND ({reason:String} = '' OR if(Reason != '', Reason, NativeReason) = {reason:String})
  AND ({payer:String} = '' OR PayerId = {payer:String})
  AND ({facility:String} = '' OR FacilityId = {facility:String})
  AND ({caseToken:String} = '' OR CaseToken = {caseToken:String})
ORDER BY FailedAt, ItemKey
LIMIT {limit:UInt32}`,
  params: z.object({
    sourceId: z.string(), originChannelId: z.string(), flowId: z.string(), fromMs: instantMs, toMs: instantMs, itemKeys: z.array(z.string()),
    reason: z.string(), payer: z.string(), facility: z.string(), caseToken: z.string(), limit: z.number().int().min(1).max(20_001),
  }),
  row: z.object({ itemKey: z.string(), ...touched, reason: z.string(), failedMs: z.coerce.number(), seenMs: z.coerce.number() }),
});

/**
 * The newest copies that a tap saw go to a channel: where n messages wait, they are the n newest ones, as far as the tap saw
 * them. Reads the newest granules of the channel by the order key.
 */
export const askNewestOnChannel = question({
  name: 'newest messages of a channel',
  sql: `SELECT ${TOUCHED}, toUnixTimestamp64Milli(SeenAt) AS seenMs
FROM (SELECT * FROM tap_messages WHERE SourceId = {sourceId:String} AND ChannelId = {channelId:String} AND FlowId = {flowId:String}
  AND SeenAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND SeenAt <= fromUnixTimestamp64Milli({toMs:Int64})
  ORDER BY SeenAt DESC LIMIT 1 BY CopyKey)
LIMIT {limit:UInt32}`,
  params: z.object({ sourceId: z.string(), channelId: z.string(), flowId: z.string(), fromMs: instantMs, toMs: instantMs, limit: z.number().int().min(1).max(50_000) }),
  row: z.object({ ...touched, seenMs: z.coerce.number() }),
});
