import { sql } from 'drizzle-orm';
import type { Database } from '@/server/store/postgres';

/**
 * What time it is for Postgres. Leases are judged by it alone: two machines whose clocks differ would otherwise both
 * believe to hold one.
 */
export async function databaseNow(db: Database): Promise<Date> {
  const { rows } = await db.execute<{ ms: string }>(sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as ms`);
  return new Date(Number(rows[0]!.ms));
}
