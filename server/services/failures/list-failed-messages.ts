import { askFailedMessages } from '@/server/queries/failed-messages';
import type { ServiceContext } from '../service-context';
import { decodeCursor, encodeCursor } from './failure-cursor';
import { failureQuestion, type FailureFilter } from './failure-filter';
import type { FailedMessagePage, FailedMessageView } from './failed-message-view';

type Row = Awaited<ReturnType<typeof askFailedMessages>>[number];

/**
 * Failed messages of a flow within the caller's scope, newest first, a page at a time. One that was resolved since is not
 * among them. The cursor is the last one seen, so that failures that arrive meanwhile neither repeat nor hide one.
 *
 * @throws Refusal not-found (also without the permission), invalid
 */
export async function listFailedMessages(context: ServiceContext, input: FailureFilter & { limit: number; cursor?: string | undefined }): Promise<FailedMessagePage> {
  const asked = await failureQuestion(context, input);
  const [afterMs, afterSource, afterChannel, afterItem] = input.cursor === undefined ? [asked.toMs + 1, '', '', ''] as const : decodeCursor(input.cursor);
  const rows = await askFailedMessages(context.clickhouse, { ...asked, afterMs, afterSource, afterChannel, afterItem, limit: input.limit + 1 }, context.signal);
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  return {
    items: items.map(toView),
    nextCursor: rows.length > items.length && last ? encodeCursor([last.failedMs, last.sourceId, last.channelId, last.itemKey]) : null,
    asOf: context.now().toISOString(),
  };
}

function toView(row: Row): FailedMessageView {
  return {
    sourceId: row.sourceId,
    channelId: row.channelId,
    originChannelId: row.originChannelId,
    itemKey: row.itemKey,
    hopId: row.hopId || null,
    failedAt: new Date(row.failedMs).toISOString(),
    seenAt: new Date(row.seenMs).toISOString(),
    messageId: row.messageId || null,
    reason: row.reason || row.nativeReason || null,
    nativeReason: row.nativeReason || null,
    errorText: row.errorText || null,
    attempts: row.attempts,
    facilityId: row.facilityId || null,
    payerId: row.payerId || null,
    supplierId: row.supplierId || null,
    departmentId: row.departmentId || null,
    itemId: row.itemId || null,
    caseLabel: row.caseLabel || null,
    amount: row.amount !== null && row.currency !== '' ? { amount: atLeastCents(row.amount), currency: row.currency } : null,
    originExchange: row.originExchange || null,
    originRoutingKey: row.originRoutingKey || null,
    deaths: row.deaths,
    sizeBytes: row.sizeBytes,
    contractVersion: row.contractVersion || null,
  };
}

/** `1234.5000` → `1234.50`; what is smaller than a cent stays. */
function atLeastCents(amount: string): string {
  return amount.replace(/(\.\d\d\d*?)0+$/, '$1');
}
