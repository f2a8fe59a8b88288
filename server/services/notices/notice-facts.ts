/** What notices are about, as it is now: operations that are open or have just ended, holds in place, and reroutes that left messages to decide of. */
import { and, eq, gt, gte, inArray, isNull, max, notInArray, or, sql } from 'drizzle-orm';
import type { HoldFacts } from '@/server/domain/notices/hold-notices';
import type { OperationFacts } from '@/server/domain/notices/operation-notices';
import { HOLD_OVER, isUnbalanced, type HoldKind, type HoldState } from '@/server/domain/operations/hold-states';
import type { OperationKind } from '@/server/domain/operations/kinds';
import { isFinal, OPERATION_STATES, type OperationState } from '@/server/domain/operations/operation-states';
import { outcomeStages } from '@/server/domain/operations/outcome';
import { disappeared } from '@/server/domain/operations/parked-loss';
import type { HoldLimit } from '@/server/domain/operations/plan';
import { schema, type Database } from '@/server/store/postgres';
import { rememberedContracts } from '../contracts/remembered-contracts';
import { countItems } from '../operations/view-of-operation';

/** What ended longer ago than this is not told any more, should nobody have looked meanwhile. */
const ENDED_WITHIN_MS = 24 * 3_600_000;
const FINAL = OPERATION_STATES.filter(isFinal);

export async function readOperationFacts(db: Database, now: Date): Promise<OperationFacts[]> {
  const { operations: table, operationItems: items } = schema;
  const rows = await db.select({
    id: table.id, kind: table.kind, state: table.state, flowId: table.flowId, holdId: table.holdId, requestedBy: table.requestedBy, requestedByUser: table.requestedByUser, firstBy: table.firstBy, firstByUser: table.firstByUser, owner: table.owner,
    // Of a plan that may be large, what is counted.
    plan: sql<OperationFacts['plan']>`case when ${table.plan} is null then null else jsonb_build_object('extent', ${table.plan} -> 'extent', 'dimensions', ${table.plan} -> 'dimensions') end`,
    confirmedAt: table.confirmedAt, approvalExpiresAt: table.approvalExpiresAt, startedAt: table.startedAt, finishedAt: table.finishedAt, emergency: table.emergency, reviewedAt: table.reviewedAt,
  }).from(table).where(or(
    inArray(table.state, ['awaiting-approval', 'awaiting-confirmation']),
    and(inArray(table.state, FINAL), gte(table.finishedAt, new Date(now.getTime() - ENDED_WITHIN_MS))),
    and(eq(table.emergency, true), isNull(table.reviewedAt)),
  ));
  if (rows.length === 0) return [];
  const counts = await countItems(db, rows.filter(({ finishedAt }) => finishedAt !== null).map(({ id }) => id));
  const awaiting = rows.filter(({ state }) => state === 'awaiting-confirmation').map(({ id }) => id);
  const sent = awaiting.length === 0 ? [] : await db.select({ id: items.operationId, at: max(items.sentAt) }).from(items).where(inArray(items.operationId, awaiting)).groupBy(items.operationId);
  const flows = new Map((await rememberedContracts(db)).set.flows.map((flow) => [flow.metadata.id, flow]));
  return rows.map(({ kind, state, reviewedAt, ...row }) => {
    const flow = flows.get(row.flowId);
    const lastSentAt = sent.find(({ id }) => id === row.id)?.at ?? null;
    const withinMs = flow === undefined ? undefined : outcomeStages(flow).at(-1)?.withinMs;
    return {
      ...row, kind: kind as OperationKind, state: state as OperationState, flowName: flow?.metadata.name ?? row.flowId, reviewed: reviewedAt !== null,
      unknownItems: counts.get(row.id)?.unknown ?? 0, confirmBy: lastSentAt === null || withinMs === undefined ? null : new Date(lastSentAt.getTime() + withinMs),
    };
  });
}

export async function readHoldFacts(db: Database): Promise<HoldFacts[]> {
  const { holds, operationEvents: events } = schema;
  const rows = await db.select().from(holds).where(or(notInArray(holds.state, [...HOLD_OVER]), gt(holds.undecided, 0)));
  if (rows.length === 0) return [];
  const leaking = rows.filter(({ state }) => state === 'leaking').map(({ id }) => id);
  const since = leaking.length === 0 ? [] : await db.select({ id: events.holdId, at: max(events.at) }).from(events).where(and(inArray(events.holdId, leaking), eq(events.kind, 'leaking'))).groupBy(events.holdId);
  const names = new Map((await rememberedContracts(db)).set.flows.map(({ metadata }) => [metadata.id, metadata.name]));
  return rows.map((row) => ({
    ...row, kind: row.kind as HoldKind, state: row.state as HoldState, flowName: names.get(row.flowId) ?? row.flowId,
    endDecided: 'sentence' in (row.expiry as object), disappeared: disappeared(row.figures as Record<string, string>),
    leakingSince: since.find(({ id }) => id === row.id)?.at ?? null, unbalanced: isUnbalanced({ kind: row.kind as HoldKind, figures: row.figures as Record<string, string> }), limits: (row.budget as { limits?: HoldLimit[] }).limits ?? [],
  }));
}
