/** Which minutes are known: a minute without facts is a zero where receivers listened, and a gap where nobody did. */
import { gte, lt } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';
import type { IngestProgress } from './read-ingest-progress';

const MINUTE_MS = 60_000;
/** Longer than any chart of minutes reaches back. */
const REMEMBERED_MS = 3 * 24 * 3_600_000;
/** What an outage of the evaluators may leave to be written down at once. */
const MOST_AT_ONCE = 24 * 60;

/**
 * Starts of the minutes in which receivers have been listening from the beginning, up to the one that facts are complete
 * through, in Unix milliseconds.
 *
 * @param knownThrough start of the last minute that was written down already; null for none
 */
export function minutesObserved({ observingSince, completeThrough }: IngestProgress, knownThrough: number | null): number[] {
  if (observingSince === null || completeThrough === null) return [];
  const last = Math.floor(completeThrough / MINUTE_MS) * MINUTE_MS;
  const first = Math.max(Math.ceil(observingSince / MINUTE_MS) * MINUTE_MS, knownThrough === null ? 0 : knownThrough + MINUTE_MS, last - (MOST_AT_ONCE - 1) * MINUTE_MS);
  return last < first ? [] : Array.from({ length: (last - first) / MINUTE_MS + 1 }, (_, i) => first + i * MINUTE_MS);
}

export async function recordObservedMinutes(db: Database, minutes: readonly number[]): Promise<void> {
  if (minutes.length === 0) return;
  await db.insert(schema.observedMinutes).values(minutes.map((ms) => ({ minute: new Date(ms) }))).onConflictDoNothing();
}

/** Starts of the observed minutes from an instant on, in Unix milliseconds. */
export async function readObservedMinutes(db: Database, from: Date): Promise<Set<number>> {
  const rows = await db.select().from(schema.observedMinutes).where(gte(schema.observedMinutes.minute, from));
  return new Set(rows.map(({ minute }) => minute.getTime()));
}

export async function forgetObservedMinutes(db: Database, now: Date): Promise<void> {
  await db.delete(schema.observedMinutes).where(lt(schema.observedMinutes.minute, new Date(now.getTime() - REMEMBERED_MS)));
}
