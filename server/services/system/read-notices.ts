import type { Overview } from '@/server/domain/health/flow-view';
import type { ServiceContext } from '../service-context';
import { readComponentReports, TAP_COMPONENT } from './component-reports';

/** What of Signalbox itself makes the overview less than the whole truth. Counted, without detail: everybody sees it. */
export async function readNotices(context: ServiceContext): Promise<Overview['notices']> {
  const [reports, problems] = await Promise.all([
    readComponentReports(context.db, context.now()),
    context.db.query.contractProblems.findMany({ columns: { id: true }, limit: 500 }),
  ]);
  const notices: Overview['notices'] = [];
  if (reports.length === 0) {
    notices.push({ severity: 'error', text: 'No collector is running, so nothing is received and no health is evaluated.', action: 'Start the collectors with "npm run collectors".' });
  }
  for (const report of reports) {
    if (report.status === 'ok') continue;
    const ofSource = report.component === TAP_COMPONENT;
    notices.push({
      severity: report.status === 'down' ? 'error' : 'warning',
      text: `${ofSource ? `Source ${report.instance}` : report.component}: ${report.summary}`,
      action: ofSource ? 'Look at Settings, Sources.' : 'Look at Settings, System health.',
    });
  }
  if (problems.length > 0) {
    notices.push({ severity: 'warning', text: `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in contracts; what was loaded before stays in force.`, action: 'Settings, System health names file, line and rule.' });
  }
  return notices;
}
