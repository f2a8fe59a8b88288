/** What Settings shows of the polls of a broker, in words. */
import type { TapReport } from '@/collectors/runtime/taps/connector';
import type { BrokerLook } from './broker-look';

/** Names listed in a report; the rest is a count. */
const MAX_NAMED = 20;

interface LookFigures {
  at: number;
  latencyMs: number;
  queues: number;
  /** Channel ids that contracts name and the broker does not have. */
  missing: readonly string[];
  topologyProblem: string;
}

export function lookReport({ overview, state, unseen, isComplete }: BrokerLook, { at, latencyMs, queues, missing, topologyProblem }: LookFigures): TapReport {
  const stopped = state.nodes?.filter(({ isRunning }) => !isRunning).map(({ name }) => name) ?? [];
  const partitioned = state.nodes?.filter(({ partitions }) => partitions.length > 0).map(({ name }) => name) ?? [];
  const troubles = [
    state.alarms !== null && state.alarms.length > 0 && `Alarms in force: ${state.alarms.join(', ')}. The broker blocks connections that publish.`,
    stopped.length > 0 && `Nodes that do not run: ${stopped.join(', ')}.`,
    partitioned.length > 0 && `Nodes that have lost sight of others: ${partitioned.join(', ')}.`,
    ...unseen.values(),
    missing.length > 0 && `Queues that contracts name and the broker does not have: ${named(missing)}.`,
    overview.statistics !== 'full' && 'The broker is configured to keep no statistics: depth is read, rates are not known.',
    state.alarms === null && 'Alarms could not be asked for: the user lacks the tag monitoring.',
    !isComplete && 'Queues came and went while their list was read.',
    topologyProblem !== '' && `Bindings could not be read: ${topologyProblem}`,
  ].filter((trouble) => typeof trouble === 'string');
  return {
    status: troubles.length === 0 ? 'ok' : 'warning',
    summary: troubles[0] ?? `${queues} queues of ${overview.product} ${overview.version}.`,
    lastSuccessAt: at,
    latencyMs,
    rows: queues,
    lastError: null,
    detail: {
      product: overview.product,
      version: overview.version,
      nodes: state.nodes?.length ?? null,
      alarms: state.alarms ?? [],
      blockedConnections: state.blockedConnections,
      clockDifferenceMs: overview.clockDifferenceMs,
      troubles: troubles.slice(0, MAX_NAMED),
    },
  };
}

export function failureReport(error: string, { lastSuccessAt, latencyMs }: { lastSuccessAt: number | null; latencyMs: number }): TapReport {
  return { status: 'down', summary: error, lastSuccessAt, latencyMs, rows: null, lastError: error, detail: {} };
}

function named(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
