import type { FlowRow, Overview, ProcessGroup, Status } from '@/server/domain/health/flow-view';
import { authorize, type ServiceContext } from '../service-context';
import { readNotices } from '../system/read-notices';
import { byUrgency, showFlows } from './flow-rows';

/** Which flows are unhealthy right now, since when and why; the healthy ones folded by process. */
export async function readOverview(context: ServiceContext): Promise<Overview> {
  authorize(context, 'flows:read', 'The overview');
  const [shown, notices] = await Promise.all([showFlows(context), readNotices(context)]);
  const rows = shown.flows.map(({ row }) => row);
  const counts: Record<Status, number> = { failing: 0, degraded: 0, silent: 0, held: 0, unknown: 0, healthy: 0 };
  for (const row of rows) counts[row.health.status] += 1;
  if (!shown.sparklinesAvailable) {
    notices.push({ severity: 'warning', text: 'ClickHouse did not answer in time: charts are empty, statuses are as last evaluated.', action: 'Look at Settings, System health.' });
  }
  return {
    asOf: context.now().toISOString(),
    completeThrough: shown.completeThrough?.toISOString() ?? null,
    counts,
    trouble: rows.filter((row) => row.health.status !== 'healthy').sort(byUrgency),
    healthy: groupByProcess(rows.filter((row) => row.health.status === 'healthy')),
    notices,
  };
}

/** A flow that serves several processes stands under the first only, so that counts add up. */
function groupByProcess(rows: FlowRow[]): ProcessGroup[] {
  const groups = new Map<string, ProcessGroup>();
  for (const row of rows.toSorted(byUrgency)) {
    const process = row.processes[0] ?? null;
    const group = groups.get(process?.id ?? '') ?? { process, flows: [], messagesPerMinute: null };
    group.flows.push(row);
    if (row.messagesPerMinute !== null) group.messagesPerMinute = (group.messagesPerMinute ?? 0) + row.messagesPerMinute;
    groups.set(process?.id ?? '', group);
  }
  return [...groups.values()].sort((a, b) => {
    if (a.process === null || b.process === null) return a.process === b.process ? 0 : a.process === null ? 1 : -1;
    return a.process.name.localeCompare(b.process.name);
  });
}
