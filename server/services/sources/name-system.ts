import { and, eq, ne, sql } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';

/** A system has one name: the newest, for all sources of the product that belong to it. */
export async function nameSystem(tx: Transaction, system: { id: string; name: string }): Promise<void> {
  const { sourceConnections } = schema;
  await tx.update(sourceConnections).set({ systemName: system.name, revision: sql`${sourceConnections.revision} + 1` })
    .where(and(eq(sourceConnections.system, system.id), ne(sourceConnections.systemName, system.name)));
}
