import { schema, type Database } from '@/server/store/postgres';

export interface ComponentReport {
  component: string;
  instance: string;
  status: 'ok' | 'warning' | 'down';
  /** One sentence a NOC analyst understands. */
  summary: string;
  detail: Record<string, unknown>;
  startedAt: Date;
}

/** Replaces the last report of this instance. A report that is not refreshed is how others see that a part is down. */
export async function reportComponent(db: Database, report: ComponentReport, now: Date): Promise<void> {
  const row = { ...report, reportedAt: now };
  await db
    .insert(schema.componentReports)
    .values(row)
    .onConflictDoUpdate({ target: [schema.componentReports.component, schema.componentReports.instance], set: row });
}
