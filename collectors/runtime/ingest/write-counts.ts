import { addIngestCounts } from '@/server/services/ingest/add-ingest-counts';
import type { Database } from '@/server/store/postgres';
import type { IngestCounter } from './ingest-counter';

/** Counts that could not be written down stay with the counter for the next time. */
export async function writeCounts(db: Database, counter: IngestCounter): Promise<void> {
  const counts = counter.take();
  try {
    await addIngestCounts(db, counts, new Date());
  } catch (error) {
    for (const { kind, subject, count } of counts) counter.add(kind, subject, count);
    throw error;
  }
}
