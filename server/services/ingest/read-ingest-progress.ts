import type { Database } from '@/server/store/postgres';
import { isFresh } from '../system/component-reports';

/** How far the receivers have come, all in Unix milliseconds. */
export interface IngestProgress {
  /** Everything received before is in ClickHouse; null when no receiver reports or one does not know. */
  completeThrough: number | null;
  /** Since when at least one of the running receivers has been listening. */
  observingSince: number | null;
}

/** Facts are as complete as the receiver that is furthest behind. */
export async function readIngestProgress(db: Database, now: Date): Promise<IngestProgress> {
  const rows = await db.query.componentReports.findMany({ where: (row, { eq }) => eq(row.component, 'receivers') });
  const running = rows.filter((row) => isFresh(row, now));
  const progress = running.map((row) => instantOf(row.detail, 'completeThrough'));
  const unknown = progress.length === 0 || progress.some((ms) => ms === null);
  return {
    completeThrough: unknown ? null : Math.min(...progress.flatMap((ms) => ms ?? [])),
    observingSince: running.length === 0 ? null : Math.min(...running.map((row) => row.startedAt.getTime())),
  };
}

function instantOf(detail: unknown, key: string): number | null {
  const value = typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>)[key] : null;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
