import { STATUSES, type FlowRow } from '@/server/domain/health/flow-view';
import { flowBacklog } from '@/server/domain/health/backlog/flow-backlog';
import type { FlowFigures } from '@/server/domain/health/flow-figures';
import type { ServiceContext } from '../service-context';
import { loadActiveFlows, type ActiveFlow } from './active-flows';
import { shownHealth } from './shown-health';
import { readSparklines } from './sparklines';

export interface ShownFlow {
  active: ActiveFlow;
  figures: FlowFigures;
  row: FlowRow;
}

export interface ShownFlows {
  flows: ShownFlow[];
  completeThrough: Date | null;
  sparklinesAvailable: boolean;
}

/** All flows with a contract in force (or one of them), with their shown health, figures and sparkline. */
export async function showFlows(context: ServiceContext, only?: string): Promise<ShownFlows> {
  const [allActive, statusRows] = await Promise.all([loadActiveFlows(context.db), context.db.query.flowStatus.findMany()]);
  const active = only === undefined ? allActive : allActive.filter(({ contract }) => contract.metadata.id === only);
  const statusOf = new Map(statusRows.map((row) => [row.flowId, row]));
  const now = context.now();
  const shown = active.map((flow) => ({ flow, ...shownHealth(statusOf.get(flow.contract.metadata.id), now) }));
  const completeThrough = earliest(shown.map(({ figures }) => figures.completeThrough));
  const sparklines = await readSparklines(context, active, completeThrough);
  const flows = shown.map(({ flow, health, figures }): ShownFlow => ({
    active: flow,
    figures,
    row: {
      id: flow.contract.metadata.id,
      name: flow.contract.metadata.name,
      criticality: flow.contract.spec.criticality ?? 'C4',
      processes: flow.processes,
      owner: {
        business: flow.contract.metadata.owner.business ?? null,
        technical: flow.contract.metadata.owner.technical ?? null,
        oncall: flow.contract.metadata.owner.oncall ?? null,
      },
      health,
      scope: figures.scope,
      messagesPerMinute: figures.messagesPerMinute,
      errorRate: figures.errorRate,
      p95Ms: figures.p95Ms,
      lastLeaveAt: figures.lastLeaveAt,
      backlog: flowBacklog(figures.hops.flatMap(({ backlog }) => backlog ?? [])),
      sparkline: sparklines.byFlow.get(flow.contract.metadata.id) ?? [],
    },
  }));
  return { flows, completeThrough, sparklinesAvailable: sparklines.available };
}

/** Most important first: criticality, then status, then who has waited longest, then name. */
export function byUrgency(a: FlowRow, b: FlowRow): number {
  return (
    a.criticality.localeCompare(b.criticality) ||
    STATUSES.indexOf(a.health.status) - STATUSES.indexOf(b.health.status) ||
    a.health.since.localeCompare(b.health.since) ||
    a.id.localeCompare(b.id)
  );
}

function earliest(instants: (string | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null).sort();
  return known[0] === undefined ? null : new Date(known[0]);
}
