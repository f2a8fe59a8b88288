/** What is known of each place that the chain's head is written to, from the rows that were added about it. */
import { sql } from 'drizzle-orm';
import type { Database } from '@/server/store/postgres';

export interface SinkState {
  sink: string;
  written: { seq: bigint; at: Date } | null;
  /** Set while the last attempt is one that failed. `at`: when this was noted last. */
  failed: { error: string; at: Date } | null;
}

/** Every sink that was ever used, by name. */
export async function readSinkStates(db: Pick<Database, 'execute'>): Promise<SinkState[]> {
  const { rows } = await db.execute<{ sink: string; isFailure: boolean; seq: string; error: string | null; ms: string; position: string }>(sql`
    select distinct on (sink, error is not null)
      sink, error is not null as "isFailure", seq::text as seq, error, (extract(epoch from at) * 1000)::bigint::text as ms, id::text as position
    from audit_anchors order by sink, error is not null, id desc`);
  return [...new Set(rows.map(({ sink }) => sink))].map((sink): SinkState => {
    const written = rows.find((row) => row.sink === sink && !row.isFailure);
    const failed = rows.find((row) => row.sink === sink && row.isFailure);
    // Ids are in the order of time.
    const isFailing = failed !== undefined && (written === undefined || failed.position > written.position);
    return {
      sink,
      written: written ? { seq: BigInt(written.seq), at: new Date(Number(written.ms)) } : null,
      failed: isFailing ? { error: failed.error ?? '', at: new Date(Number(failed.ms)) } : null,
    };
  });
}
