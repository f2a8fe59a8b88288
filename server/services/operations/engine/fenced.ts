/** Writes of a collector that works on an operation: refused once another one has taken it over. */
import { and, eq, lt, sql, type SQL } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../../contracts/console-state';
import type { OperationRow } from '../operation-rows';

/** Another collector has the operation; nothing was written. */
export class OperationFenceLost extends Error {
  constructor(id: string) {
    super(`Another collector has taken operation ${id} over; this one wrote nothing.`);
  }
}

/** Who holds the lease of an operation writes its fence into the row, so that writes of former holders find another one there. */
export async function raiseFence(db: Database, id: string, fence: bigint): Promise<OperationRow | null> {
  const { operations } = schema;
  const [row] = await db.update(operations).set({ fence }).where(and(eq(operations.id, id), lt(operations.fence, fence))).returning();
  return row ?? null;
}

interface Working { id: string; fence: bigint }

/**
 * Runs a write while the fence is still this one. The row stays locked against a successor until the transaction ends, so
 * whoever was stopped between looking and writing cannot write late.
 *
 * @throws OperationFenceLost
 */
export async function fenced<T>(db: Database, operation: Working, write: (tx: Transaction, row: OperationRow) => Promise<T>): Promise<T> {
  const { operations } = schema;
  return db.transaction(async (tx) => {
    const [row] = await tx.select().from(operations).where(and(eq(operations.id, operation.id), eq(operations.fence, operation.fence))).for('no key update');
    if (!row) throw new OperationFenceLost(operation.id);
    return write(tx, row);
  });
}

/**
 * The same as the first part of a single statement, whose other parts write only when it answers a row: it locks the
 * operation, or answers none once another one has taken it over.
 */
export function lockedByFence({ id, fence }: Working): SQL {
  const { operations } = schema;
  return sql`SELECT ${operations.id} FROM ${operations} WHERE ${operations.id} = ${id} AND ${operations.fence} = ${fence} FOR NO KEY UPDATE`;
}
