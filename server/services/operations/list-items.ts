import { and, asc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import { ITEM_STATES } from '@/server/domain/operations/item-states';
import { schema } from '@/server/store/postgres';
import { listCursor } from '../list-cursor';
import { authorize, type ServiceContext } from '../service-context';
import { loadOperation } from './operation-rows';
import type { OperationItemView } from './operation-view';
import { rowsInScope } from './rows-in-scope';
import { itemView } from './view-of-operation';

/** Not strict: a paging client says the direction that it reads in. */
export const listItemsInput = z.object({
  id: z.uuid(), state: z.enum(ITEM_STATES).optional(), limit: z.int().min(1).max(500).default(100), cursor: z.string().max(200).optional(),
});

const cursorOf = listCursor(z.int());

/** Items of an operation within the caller's scope, in the order of acting. @throws Refusal not-found, invalid */
export async function listItems(context: ServiceContext, input: z.input<typeof listItemsInput>): Promise<{ items: OperationItemView[]; nextCursor: string | null; asOf: string }> {
  const { id, state, limit, cursor } = listItemsInput.parse(input);
  const scopes = authorize(context, 'messages:read', `Operation ${id}`);
  await loadOperation(context.db, id);
  const { operationItems: table } = schema;
  const rows = await context.db.select().from(table).where(and(
    eq(table.operationId, id), rowsInScope(table, scopes),
    state === undefined ? undefined : eq(table.state, state),
    cursor === undefined ? undefined : gt(table.position, cursorOf.decode(cursor)),
  )).orderBy(asc(table.position)).limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(itemView), nextCursor: rows.length > page.length && last ? cursorOf.encode(last.position) : null, asOf: context.now().toISOString() };
}
