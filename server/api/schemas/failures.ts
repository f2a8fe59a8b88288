import { z } from 'zod';
import type { FailedMessagePage, FailureReasons } from '@/server/services/failures/failed-message-view';
import { slug } from './primitives';

const instant = z.iso.datetime({ offset: true });
const text = z.string().nullable();

/** What to look for; everything but the flow may be left out. */
export const failureFilter = {
  reason: z.string().min(1).max(200).optional().describe("The contract's code, or the source's own word where it has none"),
  payer: slug.optional(),
  facility: slug.optional(),
  from: instant.optional().describe('Failed at or after; thirty days before `to` by default'),
  to: instant.optional().describe('Failed at or before; now by default'),
};

export const failureCursor = z.string().max(2_000).optional().describe('nextCursor of the page before');

export const failedMessagePageSchema = z.object({
  items: z.array(z.object({
    sourceId: slug,
    channelId: z.string().describe('Where it lies now: the dead-letter queue, or the table whose row is in error'),
    originChannelId: z.string().describe('Where it failed'),
    itemKey: z.string().describe('Identity within its channel'),
    hopId: slug.nullable(),
    failedAt: instant,
    seenAt: instant,
    messageId: text,
    reason: text,
    nativeReason: text,
    errorText: text.describe('After masking'),
    attempts: z.number().nullable(),
    facilityId: text, payerId: text, supplierId: text, departmentId: text, itemId: text,
    caseLabel: text.describe('Short masked form of the case key'),
    amount: z.object({ amount: z.string(), currency: z.string() }).nullable(),
    originExchange: text,
    originRoutingKey: text,
    deaths: z.array(z.object({
      queue: z.string(), reason: z.string(), count: z.string(), exchange: z.string(), routingKeys: z.array(z.string()), time: z.string(),
    })).describe('As the broker recorded them, newest first'),
    sizeBytes: z.string(),
    contractVersion: text,
  })),
  nextCursor: z.string().nullable().describe('Pass as cursor to go on; null on the last page'),
  asOf: instant,
}).describe("Failed messages within the caller's scope, newest first") satisfies z.ZodType<FailedMessagePage>;

export const failureReasonsSchema = z.object({
  items: z.array(z.object({ reason: text, messages: z.number(), firstAt: instant, lastAt: instant })),
  asOf: instant,
}).describe("How many messages are failed within the caller's scope, by reason, most frequent first") satisfies z.ZodType<FailureReasons>;
