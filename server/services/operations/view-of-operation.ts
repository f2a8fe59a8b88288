/** Rows to views. */
import { and, gt, inArray, sql } from 'drizzle-orm';
import type { HoldKind, HoldState } from '@/server/domain/operations/hold-states';
import { HOLD_OVER, isOver, UNVERIFIED_AFTER_MS } from '@/server/domain/operations/hold-states';
import type { ItemState } from '@/server/domain/operations/item-states';
import type { HoldMethod, OperationKind } from '@/server/domain/operations/kinds';
import type { OperationState } from '@/server/domain/operations/operation-states';
import type { StepState } from '@/server/domain/operations/step-states';
import { actorLabel, type Actor } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import { rememberedContracts } from '../contracts/remembered-contracts';
import type { HoldRow, ItemRow, OperationRow, StepRow } from './operation-rows';
import type { HoldView, OperationItemView, OperationStepView, OperationSummary } from './operation-view';

type ItemCounts = Partial<Record<ItemState, number>>;

/** Items of operations by state, in one question. */
export async function countItems(db: Database, operationIds: readonly string[]): Promise<Map<string, ItemCounts>> {
  const counts = new Map<string, ItemCounts>();
  if (operationIds.length === 0) return counts;
  const { operationItems: items } = schema;
  const rows = await db.select({ id: items.operationId, state: items.state, n: sql<number>`count(*)::int` }).from(items)
    .where(inArray(items.operationId, [...operationIds])).groupBy(items.operationId, items.state);
  for (const { id, state, n } of rows) counts.set(id, { ...counts.get(id), [state]: n });
  return counts;
}

/** Messages that nobody has decided of, by the operation that made a reroute which is over. */
export async function undecidedOf(db: Database, operationIds: readonly string[]): Promise<Map<string, number>> {
  if (operationIds.length === 0) return new Map();
  const { holds } = schema;
  const rows = await db.select({ id: holds.openedBy, undecided: holds.undecided }).from(holds).where(and(inArray(holds.openedBy, [...operationIds]), inArray(holds.state, [...HOLD_OVER]), gt(holds.undecided, 0)));
  return new Map(rows.map(({ id, undecided }) => [id, undecided ?? 0]));
}

/** Names of flows by id; a flow that is no more keeps its id as its name. */
export async function flowNames(db: Database): Promise<(flowId: string) => string> {
  const { set } = await rememberedContracts(db);
  const names = new Map(set.flows.map(({ metadata }) => [metadata.id, metadata.name]));
  return (flowId) => names.get(flowId) ?? flowId;
}

/** @param undecided by operation: see {@link undecidedOf} */
export function summaryOf(row: OperationRow, items: ItemCounts, nameOf: (flowId: string) => string, undecided: ReadonlyMap<string, number>): OperationSummary {
  return {
    id: row.id, kind: row.kind as OperationKind, flowId: row.flowId, flowName: nameOf(row.flowId), hopId: row.hopId, channelId: row.channelId,
    method: row.method as HoldMethod | null, holdId: row.holdId, moreChannels: furtherOf(row.request), state: row.state as OperationState, summary: row.summary,
    requestedBy: row.requestedBy, requestedAt: row.requestedAt.toISOString(), approvedBy: row.approvedBy,
    emergency: row.emergency, reviewOpen: row.emergency && row.reviewedAt === null, owner: row.owner,
    startAt: row.startAt?.toISOString() ?? null, finishedAt: row.finishedAt?.toISOString() ?? null, undecided: undecided.get(row.id) ?? 0, items,
  };
}

function furtherOf(request: unknown): number {
  const { further } = request as { further?: unknown[] };
  return further?.length ?? 0;
}

/** @param hasEnded the operation has, so that what it did not begin is not waiting any more */
export function stepView(row: StepRow, hasEnded: boolean): OperationStepView {
  const state = row.state as StepState;
  return {
    position: row.position, hopId: row.hopId, channelId: row.channelId, method: row.method as HoldMethod, holdId: row.holdId,
    state: hasEnded && state === 'waiting' ? 'not-begun' : state, sentence: row.sentence, startedAt: row.startedAt?.toISOString() ?? null, settledAt: row.settledAt?.toISOString() ?? null,
  };
}

export function itemView(row: ItemRow): OperationItemView {
  return {
    itemKey: row.itemKey, position: row.position, state: row.state as ItemState, note: row.note, instead: row.instead,
    messageId: row.messageId || null, caseLabel: row.caseLabel || null, facilityId: row.facilityId || null, payerId: row.payerId || null,
    amount: row.amount !== '' && row.currency !== '' ? { amount: row.amount, currency: row.currency } : null, reason: row.reason || null,
    failedAt: row.failedAt?.toISOString() ?? null, sentAt: row.sentAt?.toISOString() ?? null, settledAt: row.settledAt?.toISOString() ?? null,
  };
}

export function holdView(row: HoldRow, actor: Actor, now: Date, nameOf: (flowId: string) => string): HoldView {
  const state = row.state as HoldState;
  const verifiedAt = row.verifiedAt ?? row.requestedAt;
  const isUnverified = !isOver(state) && now.getTime() - verifiedAt.getTime() > UNVERIFIED_AFTER_MS;
  return {
    id: row.id, kind: row.kind as HoldKind, flowId: row.flowId, flowName: nameOf(row.flowId), hopId: row.hopId, channelId: row.channelId, method: row.method as HoldMethod, state,
    observation: row.observation, figures: row.figures as Record<string, string>, outsideActs: row.outsideActs as string[],
    owner: row.owner, ownedByViewer: row.owner === actorLabel(actor),
    requestedAt: row.requestedAt.toISOString(), heldAt: row.heldAt?.toISOString() ?? null, verifiedAt: row.verifiedAt?.toISOString() ?? null,
    unverifiedSince: isUnverified ? verifiedAt.toISOString() : null,
    reviewBy: row.reviewBy.toISOString(), reviewOverdue: !isOver(state) && row.reviewBy <= now, expiry: 'sentence' in (row.expiry as object) ? (row.expiry as HoldView['expiry']) : null,
    overAt: row.overAt?.toISOString() ?? null, openedBy: row.openedBy, undecided: row.undecided,
    budget: { earliest: null, limits: [], ...(row.budget as Partial<HoldView['budget']>) },
    canary: { possible: false, sentence: 'The plan of this hold says nothing about letting single messages through.', ...(row.canary as Partial<HoldView['canary']>) },
    nativeCommands: row.nativeCommands as HoldView['nativeCommands'],
  };
}
