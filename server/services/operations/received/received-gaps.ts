/** Why the copies of the tap may not be all that an alternate received. */
import { and, eq, gte, lte, sql } from 'drizzle-orm';
import { REROUTE_FIGURES } from '@/server/domain/operations/reroute-figures';
import { schema, type Database } from '@/server/store/postgres';
import type { Rerouted } from './rerouted';

/** How many entered the alternate meanwhile, as the source itself counted when it was last looked at; null: it does not tell. */
export function sourceCountOf({ hold }: Rerouted): string | null {
  const alternate = (hold.figures as Record<string, string>)[REROUTE_FIGURES.toAlternate];
  return alternate !== undefined && /^\d+$/.test(alternate) ? alternate : null;
}

/**
 * @param seen copies within the scope of who asks @param seesAll that is everything
 * @returns sentences; empty: nothing is known to lack
 */
export async function receivedGaps(db: Database, rerouted: Rerouted, { seen, seesAll }: { seen: string; seesAll: boolean }, now: Date): Promise<string[]> {
  const { hold, isJournaled } = rerouted;
  if (isJournaled) return [];
  const [dropped, tap] = await Promise.all([droppedCopies(db, rerouted, now), db.query.componentReports.findFirst({
    columns: { status: true }, where: (report, { and: all, eq: is }) => all(is(report.component, 'tap'), is(report.instance, hold.sourceId)),
  })]);
  const counted = sourceCountOf(rerouted);
  return [
    ...(dropped === 0n ? [] : [`The tap dropped ${dropped} copies of this exchange on the days of the ${rerouted.led === null ? '' : 'hold and the '}reroute: some of these messages may be among them.`]),
    ...(tap === undefined ? [`Nobody reports copies taken at source ${hold.sourceId}.`] : tap.status === 'ok' ? [] : [`The tap of source ${hold.sourceId} is not well now; Settings, Sources says why.`]),
    ...(seesAll && counted !== null && BigInt(counted) > BigInt(seen) ? [`The source counts ${counted} messages that entered the alternate meanwhile, and the tap saw ${seen}: what others send there is among the first, and what the tap missed.`] : []),
    ...((hold.outsideActs as string[]).length === 0 ? [] : ['Somebody changed the route from outside meanwhile, so some of these may have gone elsewhere.']),
  ];
}

/** By UTC day, as they are counted; a day whose last one was dropped before the reroute, or the hold that it sent on from, began does not count. */
async function droppedCopies(db: Database, { hold, flow, from, until, led }: Rerouted, now: Date): Promise<bigint> {
  const channel = flow?.spec.path.find(({ id }) => id === hold.hopId)?.channel;
  if (channel?.kind !== 'queue' || channel.exchange === undefined) return 0n;
  const { ingestCounts: counts } = schema;
  const [row] = await db.select({ total: sql<string>`coalesce(sum(${counts.count}), 0)::text` }).from(counts).where(and(
    eq(counts.kind, 'tap-copies-dropped'), eq(counts.subject, channel.exchange), gte(counts.lastAt, led?.since ?? from), lte(counts.day, (until ?? now).toISOString().slice(0, 10)),
  ));
  return BigInt(row?.total ?? '0');
}
