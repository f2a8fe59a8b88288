import type { ComponentHealth } from '@/server/domain/health/flow-view';
import type { Database, schema } from '@/server/store/postgres';

export type ComponentReportRow = typeof schema.componentReports.$inferSelect;

/** Parts report every 5 s; three missed reports are a part that is down. */
const REPORT_VALID_MS = 15_000;
/** A stopped instance whose work others do is mentioned this long, then forgotten. */
const REPLACED_MENTION_MS = 5 * 60_000;

/** Its instances are sources, each tapped by one collector at a time: no other instance takes the place of a silent one. */
export const TAP_COMPONENT = 'tap';

export function isFresh(row: Pick<ComponentReportRow, 'reportedAt'>, now: Date): boolean {
  return now.getTime() - row.reportedAt.getTime() <= REPORT_VALID_MS;
}

/** What every running part last said about itself; a part that stopped saying anything is down. */
export async function readComponentReports(db: Database, now: Date): Promise<ComponentHealth[]> {
  const rows = await db.query.componentReports.findMany({ orderBy: (row, { asc }) => [asc(row.component), asc(row.instance)] });
  const alive = new Set(rows.filter((row) => isFresh(row, now)).map((row) => row.component));
  return rows.flatMap((row) => {
    const ageMs = now.getTime() - row.reportedAt.getTime();
    const replaced = !isFresh(row, now) && row.component !== TAP_COMPONENT && alive.has(row.component);
    return replaced && ageMs > REPLACED_MENTION_MS ? [] : [toHealth(row, ageMs, isFresh(row, now), replaced)];
  });
}

function toHealth(row: ComponentReportRow, ageMs: number, fresh: boolean, replaced: boolean): ComponentHealth {
  const detail = isRecord(row.detail) ? row.detail : {};
  const base = {
    component: row.component, instance: row.instance,
    detail: { ...detail, startedAt: row.startedAt.toISOString() },
    reportedAt: row.reportedAt.toISOString(),
  };
  if (fresh) return { ...base, status: asComponentStatus(row.status), summary: row.summary };
  const silence = row.component === TAP_COMPONENT ? `No collector has reported on this source for ${Math.round(ageMs / 1000)} s.` : `No report for ${Math.round(ageMs / 1000)} s.`;
  return replaced
    ? { ...base, status: 'warning', summary: `${silence} Another instance is running.` }
    : { ...base, status: 'down', summary: `${silence} It said last: ${row.summary}` };
}

function asComponentStatus(status: string): ComponentHealth['status'] {
  return status === 'ok' || status === 'warning' ? status : 'down';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
