/** Wrong codes are counted per person, before a code is looked at, so that guesses at the same time count as well. */
import { and, eq, gt, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';
import { Refusal } from '../refusal';

const FORGET_MS = 15 * 60_000;
const FREE = 5;

const keyOf = (userId: string) => `device:${userId}`;

/** @throws Refusal too-many-requests; the code must then not be looked at */
export async function admitCode(db: Database, userId: string, now: Date): Promise<void> {
  const { signInThrottle: table } = schema;
  const since = new Date(now.getTime() - FORGET_MS);
  const [row] = await db.insert(table).values({ key: keyOf(userId), failures: 1, lastFailureAt: now })
    .onConflictDoUpdate({
      target: table.key,
      set: { failures: sql`case when ${table.lastFailureAt} < ${since.toISOString()}::timestamptz then 1 else ${table.failures} + 1 end`, lastFailureAt: sql`case when ${and(gt(table.failures, FREE - 1), gt(table.lastFailureAt, since))} then ${table.lastFailureAt} else ${now.toISOString()}::timestamptz end` },
    }).returning();
  if ((row?.failures ?? 1) > FREE) throw new Refusal('too-many-requests', 'Too many codes were wrong. Wait a quarter of an hour, or approve under Approvals.');
}

/** A right code clears what was counted. */
export async function forgetWrongCodes(db: Pick<Database, 'delete'>, userId: string): Promise<void> {
  await db.delete(schema.signInThrottle).where(eq(schema.signInThrottle.key, keyOf(userId)));
}
