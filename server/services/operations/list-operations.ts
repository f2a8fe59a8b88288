import { and, desc, eq, gt, inArray, isNull, lt, notInArray, or, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { slug } from '@/server/domain/contracts/scalars';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { isFinal, OPERATION_STATES, type OperationState } from '@/server/domain/operations/operation-states';
import { partIn } from '@/server/domain/operations/two-people';
import { may } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import { listCursor } from '../list-cursor';
import type { OperationSummary, OperationView } from './operation-view';
import { readOperation } from './read-operation';
import { countItems, flowNames, summaryOf, undecidedOf } from './view-of-operation';

const FINAL = OPERATION_STATES.filter(isFinal);
/** Nobody has said yes to it: it ends by itself, and nothing comes of it. */
const UNCONFIRMED: OperationState[] = ['draft', 'planned'];
const MOST_WAITING = 100;

/** Not strict: a paging client says the direction that it reads in. */
export const listOperationsInput = z.object({
  flowId: slug.optional(),
  /** `open`: confirmed and not ended, in an emergency without a review, or a reroute that is over and whose alternate received what nobody has decided of. `plans`: those that nobody has confirmed yet. */
  state: z.enum(['open', 'plans', 'all']).default('all'),
  limit: z.int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
});

const cursorOf = listCursor(z.tuple([z.iso.datetime(), z.uuid()]));

/** Operations, newest first. @throws Refusal not-found (permission), invalid (cursor) */
export async function listOperations(context: ServiceContext, input: z.input<typeof listOperationsInput>): Promise<{ items: OperationSummary[]; nextCursor: string | null; asOf: string }> {
  authorize(context, 'operations:read', 'Operations');
  const { flowId, state, limit, cursor } = listOperationsInput.parse(input);
  const { operations: table, holds } = schema;
  const waiting = context.db.select({ id: holds.openedBy }).from(holds).where(and(inArray(holds.state, [...HOLD_OVER]), gt(holds.undecided, 0)));
  const conditions: (SQL | undefined)[] = [
    flowId === undefined ? undefined : eq(table.flowId, flowId),
    state === 'open' ? or(notInArray(table.state, [...FINAL, ...UNCONFIRMED]), and(eq(table.emergency, true), isNull(table.reviewedAt)), inArray(table.id, waiting)) : undefined,
    state === 'plans' ? inArray(table.state, UNCONFIRMED) : undefined,
  ];
  if (cursor !== undefined) {
    const [at, id] = cursorOf.decode(cursor);
    conditions.push(or(lt(table.requestedAt, new Date(at)), and(eq(table.requestedAt, new Date(at)), lt(table.id, id))));
  }
  const rows = await context.db.select().from(table).where(and(...conditions)).orderBy(desc(table.requestedAt), desc(table.id)).limit(limit + 1);
  const page = rows.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const [counts, undecided] = await Promise.all([countItems(context.db, ids), undecidedOf(context.db, ids)]);
  const nameOf = await flowNames(context.db);
  const last = page.at(-1);
  return {
    items: page.map((row) => summaryOf(row, counts.get(row.id) ?? {}, nameOf, undecided)),
    nextCursor: rows.length > page.length && last ? cursorOf.encode([last.requestedAt.toISOString(), last.id]) : null,
    asOf: context.now().toISOString(),
  };
}

/** What waits for the caller to decide: approvals and reviews of what others asked for, oldest first. */
export async function listApprovals(context: ServiceContext): Promise<{ items: OperationView[]; asOf: string }> {
  const asOf = context.now().toISOString();
  if (!may(context.actor, 'operations:approve')) return { items: [], asOf };
  const { operations: table } = schema;
  const rows = await context.db.select({ id: table.id, requestedBy: table.requestedBy, requestedByUser: table.requestedByUser, firstBy: table.firstBy, firstByUser: table.firstByUser, standBehind: table.standBehind }).from(table)
    .where(or(eq(table.state, 'awaiting-approval'), and(eq(table.emergency, true), isNull(table.reviewedAt)))).orderBy(table.requestedAt).limit(MOST_WAITING);
  const { actor } = context;
  const mine = rows.filter((row) => actor.kind !== 'user' || partIn(row, actor) === null);
  return { items: await Promise.all(mine.map(({ id }) => readOperation(context, { id }))), asOf };
}
