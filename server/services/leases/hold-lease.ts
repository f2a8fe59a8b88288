import { and, eq, lte, or, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** The right to do one job until the lease ends. `fence` grows with every change of holder, and only then. */
export interface Lease {
  name: string;
  owner: string;
  fence: bigint;
}

/** Another process holds the lease by now; nothing was written. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`The lease "${name}" is held by another process; this one wrote nothing.`);
    this.name = 'LeaseLost';
  }
}

/**
 * Takes the lease or prolongs one's own. `now` is the database's, see `databaseNow`: clocks of machines differ. A holder
 * that was paused may still believe to hold it; the fence then lets only the later one write.
 *
 * @returns null while another process holds it
 */
export async function holdLease(db: Database, name: string, owner: string, term: { now: Date; ttlMs: number }): Promise<Lease | null> {
  const { leases } = schema;
  const expiresAt = new Date(term.now.getTime() + term.ttlMs);
  const [row] = await db
    .insert(leases)
    .values({ name, owner, fence: 1n, expiresAt })
    .onConflictDoUpdate({
      target: leases.name,
      set: { owner, expiresAt, fence: sql`case when ${leases.owner} = ${owner} then ${leases.fence} else ${leases.fence} + 1 end` },
      setWhere: or(eq(leases.owner, owner), lte(leases.expiresAt, term.now)),
    })
    .returning();
  return row ? { name, owner, fence: row.fence } : null;
}

/** Gives the lease back, so that another process need not wait for its end. */
export async function releaseLease(db: Database, lease: Lease, now: Date): Promise<void> {
  const { leases } = schema;
  await db.update(leases).set({ expiresAt: now }).where(and(eq(leases.name, lease.name), eq(leases.owner, lease.owner), eq(leases.fence, lease.fence)));
}

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/**
 * Runs a write only while the lease is still this one. The row stays locked until the transaction ends, so a holder that
 * was paused between checking and writing cannot overwrite its successor.
 *
 * @throws LeaseLost
 */
export async function underLease<T>(db: Database, lease: Lease, write: (tx: Transaction) => Promise<T>): Promise<T> {
  const { leases } = schema;
  return db.transaction(async (tx) => {
    const held = await tx.select().from(leases).where(and(eq(leases.name, lease.name), eq(leases.owner, lease.owner), eq(leases.fence, lease.fence))).for('update');
    if (held.length === 0) throw new LeaseLost(lease.name);
    return write(tx);
  });
}
