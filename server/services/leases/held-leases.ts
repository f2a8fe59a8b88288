import { and, gt, inArray } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** Which of these leases somebody holds, by name. @param now the database's time */
export async function heldLeases(db: Database, names: readonly string[], now: Date): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await db.select({ name: schema.leases.name }).from(schema.leases).where(and(inArray(schema.leases.name, [...names]), gt(schema.leases.expiresAt, now)));
  return new Set(rows.map(({ name }) => name));
}
