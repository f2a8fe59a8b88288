/** The chain against what its heads were, as written down at the time. */
import { inArray, sql } from 'drizzle-orm';
import { checkAnchor, type Anchor, type ChainBreak } from '@/server/domain/audit/chain-check';
import { schema, type Database } from '@/server/store/postgres';

/** Anchors in memory at once. */
const BATCH = 1_000;

interface Compared {
  count: number;
  /** The break with the lowest number. */
  found: ChainBreak | null;
}

/** Anchors in the database itself: they tell of a trail that was cut off, unless whoever did it thought of them. */
export async function compareStoredAnchors(db: Database): Promise<Compared> {
  const { rows } = await db.execute<{ count: string; seq: string | null; hash: string | null; at: string | null; found: string | null; head: string }>(sql`
    select
      (select count(*) from audit_anchors where error is null)::text as count,
      (select coalesce(max(seq), 0) from audit_events)::text as head,
      contradicted.*
    from (select 1) as one
    left join lateral (
      select anchors.seq::text as seq, anchors.hash, to_char(anchors.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, events.hash as found
      from audit_anchors as anchors left join audit_events as events on events.seq = anchors.seq
      where anchors.error is null and events.hash is distinct from anchors.hash
      order by anchors.seq limit 1
    ) as contradicted on true`);
  const [row] = rows;
  if (!row || row.seq === null || row.hash === null || row.at === null) return { count: Number(row?.count ?? 0), found: null };
  const anchor: Anchor = { seq: BigInt(row.seq), hash: row.hash, at: row.at, place: "the database's own list of anchors" };
  return { count: Number(row.count), found: checkAnchor(anchor, row.found, BigInt(row.head)) };
}

/** Anchors from elsewhere, in any order. */
export async function compareAnchors(db: Database, anchors: AsyncIterable<Anchor>): Promise<Compared> {
  const result: Compared = { count: 0, found: null };
  let batch: Anchor[] = [];
  const compare = async (): Promise<void> => {
    for (const found of await compareBatch(db, batch)) {
      if (result.found === null || found.seq < result.found.seq) result.found = found;
    }
    result.count += batch.length;
    batch = [];
  };
  for await (const anchor of anchors) {
    batch.push(anchor);
    if (batch.length === BATCH) await compare();
  }
  if (batch.length > 0) await compare();
  return result;
}

async function compareBatch(db: Database, batch: readonly Anchor[]): Promise<ChainBreak[]> {
  const { auditEvents } = schema;
  const rows = await db.select({ seq: auditEvents.seq, hash: auditEvents.hash }).from(auditEvents).where(inArray(auditEvents.seq, batch.map(({ seq }) => seq)));
  const hashes = new Map(rows.map(({ seq, hash }) => [seq, hash]));
  const head = await db.query.auditEvents.findFirst({ columns: { seq: true }, orderBy: (row, { desc }) => [desc(row.seq)] });
  return batch.flatMap((anchor) => checkAnchor(anchor, hashes.get(anchor.seq) ?? null, head?.seq ?? 0n) ?? []);
}
