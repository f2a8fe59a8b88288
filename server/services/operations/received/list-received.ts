import { z } from 'zod';
import { slug } from '@/server/domain/contracts/scalars';
import { fromTenThousandths, toTenThousandths } from '@/server/domain/money';
import { whoseWords } from '@/server/domain/operations/enrolment';
import { RECEIVED_STANDINGS, resendRefusal, whatToDo } from '@/server/domain/operations/received-decision';
import type { Scope } from '@/server/domain/roles/scope';
import { listCursor } from '../../list-cursor';
import { authorize, type ServiceContext } from '../../service-context';
import type { DecisionRow } from './decision-rows';
import { findReceived, type FoundMessage } from './find-received';
import { ledCounts, ledGaps } from './led-counts';
import { receivedCounts } from './received-counts';
import { receivedExtent } from './received-extent';
import { receivedGaps, sourceCountOf } from './received-gaps';
import type { ReceivedDecisionView, ReceivedMessageView, ReceivedPage } from './received-view';
import { loadRerouted, reroutedMessages, type ReceivedFilter, type Rerouted } from './rerouted';

/** Not strict: a paging client says the direction that it reads in. */
export const listReceivedInput = z.object({
  holdId: z.uuid(), standing: z.enum(RECEIVED_STANDINGS).optional(), payer: slug.optional(), facility: slug.optional(),
  limit: z.int().min(1).max(500).default(50), cursor: z.string().max(500).optional(),
});

/** When the last one was seen, and its key. */
const cursorOf = listCursor(z.tuple([z.int().nonnegative(), z.string()]));

/**
 * What the alternate of a reroute received, within the caller's scope, newest first, with what was decided of each: every message
 * of the flow that the tap saw for the rerouted channel while it was rerouted, and what waited in the hold beneath and was sent on.
 * Messages that arrive meanwhile neither repeat nor
 * hide one. A page may hold fewer than `limit`, or none, although there are more: `nextCursor` says so.
 *
 * @throws Refusal not-found (also without the permission), invalid
 */
export async function listReceived(context: ServiceContext, input: z.input<typeof listReceivedInput>): Promise<ReceivedPage> {
  const { holdId, standing, payer, facility, limit, cursor } = listReceivedInput.parse(input);
  const scopes = authorize(context, 'messages:read', `Hold ${holdId}`);
  const { db } = context;
  const now = context.now();
  const rerouted = await loadRerouted(db, holdId);
  const { hold, alternate, flow } = rerouted;
  const filter = { payer, facility };
  const isFirst = cursor === undefined;
  const [{ found, end }, whole] = await Promise.all([
    findReceived(context, rerouted, { scopes, filter, standing, now, limit, after: isFirst ? null : cursorOf.decode(cursor) }),
    isFirst ? wholeOf(context, rerouted, { scopes, filter, now }) : null,
  ]);
  return {
    holdId, flowId: hold.flowId, alternate, openedBy: hold.openedBy, isJournaled: rerouted.isJournaled,
    whose: rerouted.whose?.map(whoseWords) ?? null, from: rerouted.from.toISOString(), until: rerouted.until?.toISOString() ?? null,
    summary: whole?.summary ?? null, counts: whole?.counts ?? null, fromHold: whole?.fromHold ?? null,
    resendRefused: resendRefusal(flow), whatToDo: { leave: whatToDo('leave', alternate.name, flow), void: whatToDo('void', alternate.name, flow), resend: whatToDo('resend', alternate.name, flow) },
    sourceCount: sourceCountOf(rerouted), gaps: whole?.gaps ?? [],
    items: found.map(toView), nextCursor: end === null ? null : cursorOf.encode([...end]), asOf: now.toISOString(),
  };
}

/** What is said of all of them at once. */
async function wholeOf(context: ServiceContext, rerouted: Rerouted, { scopes, filter, now }: { scopes: readonly Scope[]; filter: ReceivedFilter; now: Date }): Promise<Pick<ReceivedPage, 'summary' | 'counts' | 'fromHold' | 'gaps'>> {
  const [summary, counts, fromHold] = await Promise.all([
    receivedExtent(context.clickhouse, reroutedMessages(rerouted, scopes, now), context.signal), receivedCounts(context, rerouted, { scopes, filter, now }), ledCounts(context, rerouted, { scopes, now }),
  ]);
  const seesAll = scopes.some(({ facilities, payers }) => facilities === null && payers === null);
  const gaps = await receivedGaps(context.db, rerouted, { seen: summary.messages, seesAll }, now);
  return { summary, counts, fromHold: fromHold?.seen ?? 0, gaps: fromHold === null ? gaps : [...ledGaps(fromHold, rerouted), ...gaps] };
}

export function toView({ message, decision }: FoundMessage): ReceivedMessageView {
  return {
    copyKey: message.copyKey, messageId: message.messageId || null, caseLabel: message.caseLabel || null, payerId: message.payerId || null, facilityId: message.facilityId || null,
    amount: message.amount !== null && message.currency !== '' ? { amount: fromTenThousandths(toTenThousandths(message.amount)), currency: message.currency } : null, seenAt: new Date(message.seenMs).toISOString(),
    decision: decision === null ? null : decisionView(decision),
  };
}

function decisionView({ decision, reason, reference, by, at }: DecisionRow): ReceivedDecisionView {
  return { decision: decision as ReceivedDecisionView['decision'], reason, reference: reference || null, by, at: at.toISOString() };
}
