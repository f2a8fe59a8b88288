import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import { schema, type Database } from '@/server/store/postgres';

export interface EarlierOutcome {
  operationId: string;
  state: string;
  /** That operation has not ended: the item is its. */
  isOpen: boolean;
}

const KEYS_PER_QUESTION = 5_000;

/** Where the newest other replay of a channel left each of these items; items that none touched are absent. */
export async function earlierOutcomes(db: Database, asked: { channelId: string; operationId: string; itemKeys: readonly string[] }): Promise<Map<string, EarlierOutcome>> {
  const { operationItems: items, operations } = schema;
  const found = new Map<string, EarlierOutcome>();
  for (let from = 0; from < asked.itemKeys.length; from += KEYS_PER_QUESTION) {
    const rows = await db.select({ itemKey: items.itemKey, state: items.state, operationId: operations.id, operationState: operations.state })
      .from(items).innerJoin(operations, eq(operations.id, items.operationId))
      .where(and(inArray(items.itemKey, asked.itemKeys.slice(from, from + KEYS_PER_QUESTION)), eq(operations.channelId, asked.channelId), eq(operations.kind, 'replay'), ne(operations.id, asked.operationId), ne(items.state, 'not-eligible')))
      .orderBy(desc(operations.requestedAt));
    for (const { itemKey, state, operationId, operationState } of rows) {
      if (found.has(itemKey)) continue;
      // A plan that nobody has confirmed binds nobody.
      const isOpen = !isFinal(operationState as OperationState) && !['draft', 'planned'].includes(operationState) && ['pending', 'sending', 'sent'].includes(state);
      if (isOpen || !['pending', 'skipped'].includes(state)) found.set(itemKey, { operationId, state, isOpen });
    }
  }
  return found;
}
