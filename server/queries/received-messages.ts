import { z } from 'zod';
import { count, IN_ANY_SCOPE, instantMs, scopesParams } from './fields';
import { question } from './question';

const reroute = z.object({
  sourceId: z.string(), channelId: z.string(), flowId: z.string(),
  /** Of the window in which everything that was seen went there; what was sent on from a hold may have been seen since `sinceMs`. */
  sinceMs: instantMs, windowFromMs: instantMs, windowToMs: instantMs,
  /** What was sent on from a hold: the digests of their ids, see `LED`. */
  hasLed: z.boolean(), led: z.string(),
  /** Of those ids that several of them have. */
  alike: z.string(),
  /** When those were seen that are asked for. */
  fromMs: instantMs, toMs: instantMs,
  /** Whose messages were rerouted, entry by entry; an empty string fits everybody. */
  everybody: z.boolean(), whosePayers: z.array(z.string()), whoseFacilities: z.array(z.string()),
  /** Those of one payer or facility among them; an empty string: all. */
  ofPayer: z.string(), ofFacility: z.string(),
  ...scopesParams,
});
export type ReroutedMessages = z.input<typeof reroute>;

/** Whether it was sent on from the hold beneath the reroute. Digests, because there may be 100,000, and ids belong in no statement. */
const LED = isIn('led');
const digests = ['led', 'alike'] as const;

function isIn(set: (typeof digests)[number]): string {
  return `({hasLed:Bool} AND reinterpretAsUInt64(substring(MD5(MessageId), 1, 8)) IN (SELECT reinterpretAsUInt64(unhex(arrayJoin(splitByChar(',', {${set}:Digests}))))))`;
}

/**
 * Copies of a rerouted channel, each once by its first look: a tap that began again may have seen one twice. Of a message that was
 * sent on from the hold beneath, one copy: that of the window if there is one, else the first since the hold began; where several
 * with one id were, all of theirs. Reads the days and the granules of the channel by the order key.
 */
const RECEIVED = `(
  SELECT *
  FROM (
    SELECT CopyKey, MessageId, CaseToken, CaseLabel, FacilityId, PayerId, Amount, Currency, SeenAt, ${LED} AS isLed
    FROM tap_messages
    WHERE SourceId = {sourceId:String} AND ChannelId = {channelId:String} AND FlowId = {flowId:String}
      AND SeenAt >= fromUnixTimestamp64Milli({sinceMs:Int64}) AND SeenAt <= fromUnixTimestamp64Milli({windowToMs:Int64})
      AND (SeenAt >= fromUnixTimestamp64Milli({windowFromMs:Int64}) OR isLed)
      AND ({everybody:Bool} OR arrayExists((p, f) -> (p = '' OR p = PayerId) AND (f = '' OR f = FacilityId), {whosePayers:Array(String)}, {whoseFacilities:Array(String)}))
      AND ({ofPayer:String} = '' OR PayerId = {ofPayer:String}) AND ({ofFacility:String} = '' OR FacilityId = {ofFacility:String})
      AND ${IN_ANY_SCOPE}
    ORDER BY SeenAt >= fromUnixTimestamp64Milli({windowFromMs:Int64}) DESC, SeenAt, CopyKey
    LIMIT 1 BY if(isLed AND NOT ${isIn('alike')}, MessageId, CopyKey)
  )
  WHERE SeenAt >= fromUnixTimestamp64Milli({fromMs:Int64}) AND SeenAt <= fromUnixTimestamp64Milli({toMs:Int64})
)`;

const receivedRow = z.object({
  copyKey: z.string(), messageId: z.string(), caseLabel: z.string(), facilityId: z.string(), payerId: z.string(),
  amount: z.string().nullable(), currency: z.string(), seenMs: z.coerce.number(),
});
export type ReceivedRow = z.output<typeof receivedRow>;
const COLUMNS = `CopyKey AS copyKey, MessageId AS messageId, CaseLabel AS caseLabel, FacilityId AS facilityId, PayerId AS payerId,
  toDecimalString(Amount, 4) AS amount, Currency AS currency, toUnixTimestamp64Milli(SeenAt) AS seenMs`;

/** What an alternate received, newest first, after the position of the last one seen (`afterMs` and its key). */
export const askReceivedMessages = question({
  name: 'messages that an alternate received',
  sql: `SELECT ${COLUMNS}
FROM ${RECEIVED}
WHERE SeenAt < fromUnixTimestamp64Milli({afterMs:Int64}) OR SeenAt = fromUnixTimestamp64Milli({afterMs:Int64}) AND CopyKey > {afterCopy:String}
ORDER BY SeenAt DESC, CopyKey
LIMIT {limit:UInt32}`,
  params: reroute.extend({ afterMs: instantMs, afterCopy: z.string(), limit: z.number().int().min(1).max(20_001) }),
  row: receivedRow, digests,
});

/** Some of what an alternate received, by their keys. */
export const askReceivedOf = question({
  name: 'some messages that an alternate received',
  sql: `SELECT ${COLUMNS}
FROM ${RECEIVED}
WHERE has({copyKeys:Array(String)}, CopyKey)`,
  params: reroute.extend({ copyKeys: z.array(z.string()).max(500) }),
  row: receivedRow, digests,
});

/** How many an alternate received, by the UTC day on which they were seen: whole days of copies go at once. */
export const askReceivedByDay = question({
  name: 'how many messages an alternate received by day',
  sql: `SELECT toString(toDate(SeenAt, 'UTC')) AS day, count() AS messages
FROM ${RECEIVED}
GROUP BY day`,
  params: reroute,
  row: z.object({ day: z.string(), messages: count }), digests,
});

/**
 * How much an alternate received, per currency; an empty one stands for what names no amount. An amount counts once per case,
 * the newest one; without a case it counts by itself.
 */
export const askReceivedTotals = question({
  name: 'how much an alternate received',
  sql: `SELECT worth.2 AS currency, toDecimalString(sum(worth.1), 4) AS amount, countIf(token != '') AS cases, sum(copies) AS messages, sumIf(copies, token = '') AS withoutCase
FROM (
  SELECT CaseToken AS token, count() AS copies, argMaxIf((Amount, Currency), (SeenAt, CopyKey), Amount IS NOT NULL AND Currency != '') AS worth
  FROM ${RECEIVED}
  GROUP BY CaseToken, if(CaseToken = '', CopyKey, '')
)
GROUP BY currency
ORDER BY currency`,
  params: reroute,
  row: z.object({ currency: z.string(), amount: z.string().nullable(), cases: count, messages: count, withoutCase: count }), digests,
});

/** How many of them had waited in the hold beneath the reroute. */
export const askReceivedFromHold = question({
  name: 'how many messages an alternate received from a hold',
  sql: `SELECT countIf(isLed) AS messages
FROM ${RECEIVED}`,
  params: reroute,
  row: z.object({ messages: count }), digests,
});
