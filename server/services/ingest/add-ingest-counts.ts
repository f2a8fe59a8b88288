import { sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** What ingest did not take as it came. */
export type IngestCountKind =
  | 'request-refused'
  | 'span-rejected'
  | 'request-quarantined'
  | 'request-repeated'
  | 'value-masked'
  | 'value-corrected'
  | 'field-missing'
  | 'lookup-missing'
  | 'amount-invalid'
  | 'unassigned'
  | 'tap-copies-dropped'
  | 'tap-undecodable'
  | 'tap-samples-dropped'
  | 'tap-rows-skipped';

export interface IngestCount {
  kind: IngestCountKind;
  /** Reason, attribute key, `flow/field` or channel; never a value. */
  subject: string;
  count: number;
}

/** Adds to the counts of a UTC day. One statement, so that it is counted whole or not at all. */
export async function addIngestCounts(db: Database, counts: readonly IngestCount[], now: Date): Promise<void> {
  if (counts.length === 0) return;
  const day = now.toISOString().slice(0, 10);
  await db
    .insert(schema.ingestCounts)
    .values(counts.map(({ kind, subject, count }) => ({ day, kind, subject, count: BigInt(count), lastAt: now })))
    .onConflictDoUpdate({
      target: [schema.ingestCounts.day, schema.ingestCounts.kind, schema.ingestCounts.subject],
      set: { count: sql`${schema.ingestCounts.count} + excluded.count`, lastAt: sql`excluded.last_at` },
    });
}
