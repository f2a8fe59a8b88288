import type { ServiceContext } from '../service-context';
import { isFresh, TAP_COMPONENT } from '../system/component-reports';
import type { TapView } from './source-view';

type Report = Awaited<ReturnType<typeof readTapReports>> extends Map<string, infer R> ? R : never;

/** What each tap last said about itself, by source. */
export async function readTapReports({ db }: Pick<ServiceContext, 'db'>) {
  const rows = await db.query.componentReports.findMany({ where: (row, { eq }) => eq(row.component, TAP_COMPONENT) });
  return new Map(rows.map((row) => [row.instance, row]));
}

/** A source that is not tapped, and why. */
export function untapped(status: 'off' | 'down', summary: string): TapView {
  return { status, summary, lastSuccessAt: null, latencyMs: null, rows: null, lastError: null, instance: null, detail: {}, reportedAt: null };
}

/** The tap of a source that should be tapped. */
export function toTapView(report: Report | undefined, now: Date): TapView {
  if (!report) return { ...untapped('down', ''), status: 'starting', summary: 'No collector has taken it yet. If this stays, no collector with the role taps is running: start one with "npm run collectors".' };
  const { lastSuccessAt, latencyMs, rows, lastError, instance, ...detail } = isRecord(report.detail) ? report.detail : {};
  const ageMs = now.getTime() - report.reportedAt.getTime();
  return {
    status: !isFresh(report, now) ? 'down' : report.status === 'ok' || report.status === 'warning' ? report.status : 'down',
    summary: isFresh(report, now) ? report.summary : `No collector has reported on this source for ${Math.round(ageMs / 1000)} s. It said last: ${report.summary}`,
    lastSuccessAt: textOrNull(lastSuccessAt), latencyMs: numberOrNull(latencyMs), rows: numberOrNull(rows), lastError: textOrNull(lastError), instance: textOrNull(instance),
    detail, reportedAt: report.reportedAt.toISOString(),
  };
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown) => (typeof value === 'number' ? value : null);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
