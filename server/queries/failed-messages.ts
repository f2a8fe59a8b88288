import { z } from 'zod';
import { count, IN_ANY_SCOPE, instantMs, scopesParams } from './fields';
import { question } from './question';

const filters = {
  flowId: z.string(), fromMs: instantMs, toMs: instantMs,
  /** Empty strings do not filter. */
  reason: z.string(), payer: z.string(), facility: z.string(),
  ...scopesParams,
};

/** The contract's word for the reason, else the source's own. */
const REASON = `if(Reason != '', Reason, NativeReason)`;

/**
 * FINAL leaves the newest version of each item, so that one that was resolved since is gone. Reads the weeks of the window
 * by FailedAt, which is the same in all versions, and the set index on FlowId.
 */
const FAILED = `FROM failed_messages FINAL
WHERE FlowId = {flowId:String} AND State = 'failed'
  AND FailedAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND FailedAt <= fromUnixTimestamp64Milli({toMs:Int64})
  AND ({reason:String} = '' OR ${REASON} = {reason:String})
  AND ({payer:String} = '' OR PayerId = {payer:String})
  AND ({facility:String} = '' OR FacilityId = {facility:String})
  AND ${IN_ANY_SCOPE}`;

const death = z.object({
  queue: z.string(), reason: z.string(), count: z.string(), exchange: z.string(), routingKeys: z.array(z.string()), time: z.string(),
});

/** Failed messages of a flow, newest first, after the position of the last one seen (`afterMs` and its key). */
export const askFailedMessages = question({
  name: 'failed messages of a flow',
  sql: `SELECT SourceId AS sourceId, ChannelId AS channelId, OriginChannelId AS originChannelId, ItemKey AS itemKey,
  toUnixTimestamp64Milli(FailedAt) AS failedMs, toUnixTimestamp64Milli(SeenAt) AS seenMs, HopId AS hopId, MessageId AS messageId,
  FacilityId AS facilityId, PayerId AS payerId, SupplierId AS supplierId, DepartmentId AS departmentId, ItemId AS itemId, CaseLabel AS caseLabel,
  toDecimalString(Amount, 4) AS amount, Currency AS currency, Reason AS reason, NativeReason AS nativeReason, ErrorText AS errorText, Attempts AS attempts,
  OriginExchange AS originExchange, OriginRoutingKey AS originRoutingKey, Deaths AS deaths, SizeBytes AS sizeBytes, ContractVersion AS contractVersion
${FAILED}
  AND (FailedAt < fromUnixTimestamp64Milli({afterMs:Int64})
    OR FailedAt = fromUnixTimestamp64Milli({afterMs:Int64}) AND (SourceId, ChannelId, ItemKey) > ({afterSource:String}, {afterChannel:String}, {afterItem:String}))
ORDER BY FailedAt DESC, SourceId, ChannelId, ItemKey
LIMIT {limit:UInt32}`,
  params: z.object({
    ...filters, afterMs: instantMs, afterSource: z.string(), afterChannel: z.string(), afterItem: z.string(), limit: z.number().int().min(1).max(501),
  }),
  row: z.object({
    sourceId: z.string(), channelId: z.string(), originChannelId: z.string(), itemKey: z.string(), failedMs: z.coerce.number(), seenMs: z.coerce.number(),
    hopId: z.string(), messageId: z.string(), facilityId: z.string(), payerId: z.string(), supplierId: z.string(), departmentId: z.string(), itemId: z.string(),
    caseLabel: z.string(), amount: z.string().nullable(), currency: z.string(), reason: z.string(), nativeReason: z.string(), errorText: z.string(),
    attempts: z.number().nullable(), originExchange: z.string(), originRoutingKey: z.string(),
    deaths: z.string().transform((text) => z.array(death).parse(text === '' ? [] : JSON.parse(text))), sizeBytes: z.string(), contractVersion: z.string(),
  }),
});

/** How many messages of a flow are failed, by reason, most frequent first. */
export const askFailureReasons = question({
  name: 'failure reasons of a flow',
  sql: `SELECT ${REASON} AS reason, count() AS messages, toUnixTimestamp64Milli(min(FailedAt)) AS firstMs, toUnixTimestamp64Milli(max(FailedAt)) AS lastMs
${FAILED}
GROUP BY reason
ORDER BY messages DESC, reason
LIMIT 200`,
  params: z.object(filters),
  row: z.object({ reason: z.string(), messages: count, firstMs: z.coerce.number(), lastMs: z.coerce.number() }),
});
