import { createHash } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** Failures are forgotten after this long without another. */
const FORGET_MS = 15 * 60_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** How many failures are free before waiting begins: few for one person at one place, more for what others could provoke. */
const FREE_FAILURES = { pair: 5, account: 20, address: 50 } as const;

interface Guess {
  email: string;
  /** Network address of the caller as far as it is known. */
  address: string;
  at: Date;
}

/**
 * Counts an attempt before the password is looked at, so that parallel guesses cannot slip through together.
 *
 * @returns false when the caller has to wait; the password must then not be checked
 */
export async function admitAttempt(db: Database, guess: Guess): Promise<boolean> {
  const keys = keysOf(guess);
  const known = await db.query.signInThrottle.findMany({ where: (row, { inArray }) => inArray(row.key, keys.map(({ key }) => key)) });
  const blocked = keys.some(({ key, free }) => {
    const row = known.find((candidate) => candidate.key === key);
    if (row === undefined || row.failures < free || forgotten(row.lastFailureAt, guess.at)) return false;
    return guess.at.getTime() < row.lastFailureAt.getTime() + waitMs(row.failures - free);
  });
  if (blocked) return false;
  const { signInThrottle } = schema;
  for (const { key } of keys) {
    await db
      .insert(signInThrottle)
      .values({ key, failures: 1, lastFailureAt: guess.at })
      .onConflictDoUpdate({
        target: signInThrottle.key,
        set: {
          failures: sql`case when ${signInThrottle.lastFailureAt} < ${new Date(guess.at.getTime() - FORGET_MS).toISOString()}::timestamptz then 1 else ${signInThrottle.failures} + 1 end`,
          lastFailureAt: guess.at,
        },
      });
  }
  return true;
}

/**
 * A right password clears what was counted for this person. The address only loses the attempt that was right, or one
 * known account would buy guesses at all others.
 */
export async function forgetFailures(db: Pick<Database, 'update' | 'delete'>, guess: Guess): Promise<void> {
  const { signInThrottle } = schema;
  for (const { kind, key } of keysOf(guess)) {
    if (kind === 'address') await db.update(signInThrottle).set({ failures: sql`greatest(${signInThrottle.failures} - 1, 0)` }).where(eq(signInThrottle.key, key));
    else await db.delete(signInThrottle).where(eq(signInThrottle.key, key));
  }
}

/** Rows that count nothing any more. */
export async function deleteForgottenFailures(db: Database, now: Date): Promise<void> {
  await db.delete(schema.signInThrottle).where(lt(schema.signInThrottle.lastFailureAt, new Date(now.getTime() - FORGET_MS)));
}

function keysOf({ email, address }: Guess) {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 32);
  return [
    { kind: 'pair', key: `pair:${account}:${address}`, free: FREE_FAILURES.pair },
    { kind: 'account', key: `account:${account}`, free: FREE_FAILURES.account },
    { kind: 'address', key: `address:${address}`, free: FREE_FAILURES.address },
  ] as const;
}

function waitMs(failuresTooMany: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failuresTooMany);
}

function forgotten(lastFailureAt: Date, at: Date): boolean {
  return at.getTime() - lastFailureAt.getTime() > FORGET_MS;
}
