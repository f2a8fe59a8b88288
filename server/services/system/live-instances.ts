import type { Database } from '@/server/store/postgres';
import { isFresh } from './component-reports';

/** How many processes of a part say that they run. */
export async function countLiveInstances(db: Database, component: string, now: Date): Promise<number> {
  const rows = await db.query.componentReports.findMany({ columns: { reportedAt: true }, where: (row, { eq }) => eq(row.component, component) });
  return rows.filter((row) => isFresh(row, now)).length;
}
