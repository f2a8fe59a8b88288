import { z } from 'zod';
import { whoseWords } from '@/server/domain/operations/enrolment';
import { fromTenThousandths, toTenThousandths } from '@/server/domain/money';
import { askReceivedMessages } from '@/server/queries/received-messages';
import { listCursor } from '../../list-cursor';
import { authorize, type ServiceContext } from '../../service-context';
import { receivedExtent } from './received-extent';
import { receivedGaps, sourceCountOf } from './received-gaps';
import type { ReceivedMessageView, ReceivedPage } from './received-view';
import { loadRerouted, reroutedMessages } from './rerouted';

/** Not strict: a paging client says the direction that it reads in. */
export const listReceivedInput = z.object({ holdId: z.uuid(), limit: z.int().min(1).max(500).default(50), cursor: z.string().max(500).optional() });

/** When the last one was seen, and its key. */
const cursorOf = listCursor(z.tuple([z.int().nonnegative(), z.string()]));

/**
 * What the alternate of a reroute received, within the caller's scope, newest first: every message of the flow that the tap saw
 * for the rerouted channel while it was rerouted. Messages that arrive meanwhile neither repeat nor hide one.
 *
 * @throws Refusal not-found (also without the permission), invalid
 */
export async function listReceived(context: ServiceContext, input: z.input<typeof listReceivedInput>): Promise<ReceivedPage> {
  const { holdId, limit, cursor } = listReceivedInput.parse(input);
  const scopes = authorize(context, 'messages:read', `Hold ${holdId}`);
  const { db, clickhouse, signal } = context;
  const now = context.now();
  const rerouted = await loadRerouted(db, holdId);
  const asked = reroutedMessages(rerouted, scopes, now);
  const [afterMs, afterCopy] = cursor === undefined ? [asked.toMs + 1, ''] as const : cursorOf.decode(cursor);
  const [rows, summary] = await Promise.all([
    askReceivedMessages(clickhouse, { ...asked, afterMs, afterCopy, limit: limit + 1 }, signal),
    cursor === undefined ? receivedExtent(clickhouse, asked, signal) : null,
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const seesAll = scopes.some(({ facilities, payers }) => facilities === null && payers === null);
  return {
    holdId, flowId: rerouted.hold.flowId, alternate: rerouted.alternate, openedBy: rerouted.hold.openedBy, isJournaled: rerouted.isJournaled,
    whose: rerouted.whose?.map(whoseWords) ?? null, from: rerouted.from.toISOString(), until: rerouted.until?.toISOString() ?? null, summary,
    sourceCount: sourceCountOf(rerouted), gaps: summary === null ? [] : await receivedGaps(db, rerouted, { seen: summary.messages, seesAll }, now),
    items: page.map(toView), nextCursor: rows.length > page.length && last ? cursorOf.encode([last.seenMs, last.copyKey]) : null, asOf: now.toISOString(),
  };
}

export function toView(row: Awaited<ReturnType<typeof askReceivedMessages>>[number]): ReceivedMessageView {
  return {
    copyKey: row.copyKey, messageId: row.messageId || null, caseLabel: row.caseLabel || null, payerId: row.payerId || null, facilityId: row.facilityId || null,
    amount: row.amount !== null && row.currency !== '' ? { amount: fromTenThousandths(toTenThousandths(row.amount)), currency: row.currency } : null, seenAt: new Date(row.seenMs).toISOString(),
  };
}
