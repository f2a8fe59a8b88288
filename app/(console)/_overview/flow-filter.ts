import type { Criticality, FlowRow, Overview, ProcessGroup, Status } from '@/server/domain/health/flow-view';

export interface FlowFilter {
  status: readonly Status[];
  criticality: readonly Criticality[];
  /** Id of a process; null for all. */
  process: string | null;
  /** Words that must all occur in the flow's name, id, owner, process or reason. */
  q: string;
}

export function isFiltering(filter: FlowFilter): boolean {
  return filter.status.length > 0 || filter.criticality.length > 0 || filter.process !== null || filter.q.trim() !== '';
}

/** The part of the overview that a filter leaves; order stays as the server gave it. */
export function filterOverview(overview: Overview, filter: FlowFilter): { trouble: FlowRow[]; healthy: ProcessGroup[] } {
  const keeps = (flow: FlowRow) => matches(flow, filter);
  return {
    trouble: overview.trouble.filter(keeps),
    healthy: overview.healthy
      .filter((group) => filter.process === null || group.process?.id === filter.process)
      .map((group) => groupOf(group, group.flows.filter(keeps)))
      .filter((group) => group.flows.length > 0),
  };
}

/** All processes that flows name, by name: what can be filtered by. */
export function processesOf(overview: Overview): { id: string; name: string }[] {
  const flows = [...overview.trouble, ...overview.healthy.flatMap((group) => group.flows)];
  const byId = new Map(flows.flatMap((flow) => flow.processes).map((process) => [process.id, process]));
  return [...byId.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

function matches(flow: FlowRow, filter: FlowFilter): boolean {
  const { status, criticality, process } = filter;
  if (status.length > 0 && !status.includes(flow.health.status)) return false;
  if (criticality.length > 0 && !criticality.includes(flow.criticality)) return false;
  if (process !== null && !flow.processes.some(({ id }) => id === process)) return false;
  const text = searchable(flow);
  return filter.q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function searchable(flow: FlowRow): string {
  const { business, technical, oncall } = flow.owner;
  const processes = flow.processes.map(({ name }) => name);
  return [flow.name, flow.id, business, technical, oncall, flow.health.reason, ...processes].join('\n').toLowerCase();
}

/** A group of which a filter hides members sums up what it still shows. */
function groupOf(group: ProcessGroup, flows: FlowRow[]): ProcessGroup {
  if (flows.length === group.flows.length) return group;
  const rates = flows.flatMap((flow) => flow.messagesPerMinute ?? []);
  return { ...group, flows, messagesPerMinute: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) };
}
