import { and, eq, gt, gte, isNull, ne, or, sql } from 'drizzle-orm';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../../service-context';
import { writeEvent } from '../operation-rows';
import { receivedCounts } from './received-counts';
import { loadRerouted } from './rerouted';

/** Copies of the last messages may still be on their way when a reroute ends. */
const LATE_COPIES_MS = 10 * 60_000;
/** Older copies are not kept, so nothing is found out about a reroute that ended before. */
const COPIES_KEPT_MS = 14 * 24 * 3_600_000;

/**
 * Counts of each reroute how many messages its alternate received and nobody has decided of, while it is in place and until none is
 * left. When copies are not kept any more, and with them what could be decided of, its timeline says so.
 *
 * @returns sentences about those that could not be counted
 */
export async function countUndecided({ db, clickhouse, now, signal }: Pick<ServiceContext, 'db' | 'clickhouse' | 'now' | 'signal'>): Promise<string[]> {
  const { holds } = schema;
  const at = now();
  const rows = await db.select({ id: holds.id, openedBy: holds.openedBy, overAt: holds.overAt, undecided: holds.undecided }).from(holds).where(and(
    eq(holds.kind, 'reroute'), ne(holds.method, 'cooperative'),
    or(
      isNull(holds.overAt), gte(holds.overAt, new Date(at.getTime() - LATE_COPIES_MS)), gt(holds.undecided, 0),
      and(isNull(holds.undecided), gte(holds.overAt, new Date(at.getTime() - COPIES_KEPT_MS))),
    ),
  ));
  const problems: string[] = [];
  for (const row of rows) {
    try {
      const rerouted = await loadRerouted(db, row.id);
      if (rerouted.isJournaled) continue;
      const { undecided } = await receivedCounts({ db, clickhouse, signal }, rerouted, { scopes: null, now: at });
      if (undecided === row.undecided) continue;
      const counted = await db.update(holds).set({ undecided }).where(and(eq(holds.id, row.id), sql`${holds.undecided} is not distinct from ${row.undecided}`)).returning({ id: holds.id });
      // Only decisions and the end of copies make it fewer, and who decides changes the count at once.
      if (counted.length > 0 && row.overAt !== null && row.undecided !== null && undecided < row.undecided) {
        await writeEvent(db, { operationId: row.openedBy, holdId: row.id, at, by: 'system:copies', kind: 'copies-gone', sentence: `Copies of ${row.undecided - undecided} messages that ${rerouted.alternate.name} received are not kept any more. Nobody had decided of them.` });
      }
    } catch (error) {
      if (signal?.aborted === true) return problems;
      problems.push(`What the alternate of hold ${row.id} received could not be counted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}
