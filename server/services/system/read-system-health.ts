import type { ComponentHealth } from '@/server/domain/health/flow-view';
import { authorize, type ServiceContext } from '../service-context';
import { readAuditHealth } from './audit-health';
import { readComponentReports, TAP_COMPONENT } from './component-reports';
import { readStoreHealth } from './store-health';
import { readSupervisorReport } from './supervisor-report';
import type { SystemHealth } from './system-view';

const DAY_MS = 24 * 3_600_000;

/** Is Signalbox itself well: every part with its detail, what ingest refused, what is wrong with contracts. */
export async function readSystemHealth(context: ServiceContext): Promise<SystemHealth> {
  authorize(context, 'system:read', 'System health');
  const stores = await readStoreHealth(context);
  const postgresDown = stores.some((store) => store.component === 'postgres' && store.status === 'down');
  const [reports, ingestCounts, contractProblems, supervisor] = await Promise.all([
    postgresDown ? [] : readComponentReports(context.db, context.now()),
    postgresDown ? [] : readIngestCounts(context),
    postgresDown ? [] : context.db.query.contractProblems.findMany({ orderBy: (row, { asc }) => [asc(row.file), asc(row.line)], limit: 500 }),
    readSupervisorReport(process.env.SIGNALBOX_SUPERVISOR_FILE),
  ]);
  const audit = postgresDown ? [] : [await readAuditHealth({ db: context.db, now: () => context.now() })];
  const components = [web(context.now()), ...stores, ...reports, ...missingCollectors(reports, postgresDown), ...(supervisor ? [supervisor] : []), contracts(contractProblems.length, postgresDown, context.now()), ...audit];
  return {
    status: overall(components),
    asOf: context.now().toISOString(),
    components,
    ingestCounts,
    contractProblems: contractProblems.map(({ file, line, rule, message, foundAt }) => ({ file, line, rule, message, foundAt: foundAt.toISOString() })),
  };
}

/** The one word that may be said without sign-in: are web and both stores up. */
export async function readBareStatus(context: Pick<ServiceContext, 'db' | 'clickhouse' | 'now'>): Promise<SystemHealth['status']> {
  return overall(await readStoreHealth(context));
}

/** A source that cannot be tapped is a warning: the broker is down, not Signalbox. */
export function overall(components: readonly ComponentHealth[]): SystemHealth['status'] {
  if (components.some(({ component, status }) => status === 'down' && component !== TAP_COMPONENT)) return 'down';
  return components.some(({ status }) => status !== 'ok') ? 'warning' : 'ok';
}

function web(now: Date): ComponentHealth {
  return {
    component: 'web', instance: `web-${process.pid}`, status: 'ok', summary: 'Serving.',
    detail: { node: process.version, uptimeS: Math.round(process.uptime()), rssMb: Math.round(process.memoryUsage.rss() / 1e6) },
    reportedAt: now.toISOString(),
  };
}

/** No report at all is the worst report, and easily overlooked because there is no row. */
function missingCollectors(reports: readonly ComponentHealth[], postgresDown: boolean): ComponentHealth[] {
  if (postgresDown || reports.length > 0) return [];
  return [{ component: 'collectors', instance: 'collectors', status: 'down', summary: 'No collector has ever reported. Start one with "npm run collectors".', detail: {}, reportedAt: null }];
}

function contracts(problems: number, unknown: boolean, now: Date): ComponentHealth {
  const summary = unknown ? 'Not known while Postgres does not answer.' : problems === 0 ? 'All contracts loaded.' : `${problems} ${problems === 1 ? 'problem' : 'problems'} in contracts; what was loaded before stays in force.`;
  return { component: 'contracts', instance: 'contracts', status: problems === 0 && !unknown ? 'ok' : 'warning', summary, detail: { problems: unknown ? null : problems }, reportedAt: now.toISOString() };
}

async function readIngestCounts(context: ServiceContext): Promise<SystemHealth['ingestCounts']> {
  const since = new Date(context.now().getTime() - DAY_MS).toISOString().slice(0, 10);
  const rows = await context.db.query.ingestCounts.findMany({
    where: (row, { gte }) => gte(row.day, since), orderBy: (row, { desc }) => [desc(row.day), desc(row.count)], limit: 500,
  });
  return rows.map(({ day, kind, subject, count, lastAt }) => ({ day, kind, subject, count: count.toString(), lastAt: lastAt.toISOString() }));
}
