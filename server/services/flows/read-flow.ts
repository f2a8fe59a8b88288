import { channelId } from '@/server/domain/contracts/channel';
import { durationMs } from '@/server/domain/contracts/iso-duration';
import type { FlowDetail, HopFigures } from '@/server/domain/health/flow-view';
import { may } from '@/server/domain/roles/actor';
import { askRecentTraces } from '@/server/queries/recent-traces';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { rfc3339FromNs } from '../time/instants';
import { scopesForTraces } from '../traces/trace-scope';
import { showFlows, type ShownFlow } from './flow-rows';
import { asStatus } from './shown-health';

const RECENT_TRACES = 20;
const RECENT_WINDOW_MS = 3_600_000;
const STATUS_CHANGES = 50;

/** One flow with its hops, contract, status history and newest traces. Throws Refusal not-found. */
export async function readFlow(context: ServiceContext, input: { flowId: string }): Promise<FlowDetail> {
  authorize(context, 'flows:read', `Flow "${input.flowId}"`);
  const { flows } = await showFlows(context, input.flowId);
  const shown = flows[0];
  if (!shown) throw new Refusal('not-found', `Flow "${input.flowId}" was not found: no contract in force has this id.`);
  const [statusChanges, recentTraces] = await Promise.all([readStatusChanges(context, input.flowId), readRecentTraces(context, input.flowId)]);
  const { contract, sha256, file, loadedAt } = shown.active;
  const p95 = contract.spec.slo?.latency?.p95;
  return {
    ...shown.row,
    runbook: contract.metadata.runbook ?? null,
    contract: { version: contract.metadata.version, lifecycle: contract.metadata.lifecycle, sha256, file, loadedAt: loadedAt.toISOString() },
    slo: { objective: contract.spec.slo?.objective ?? null, latencyP95Ms: p95 === undefined ? null : durationMs(p95), origin: contract.spec.slo?.origin ?? null },
    hops: hopsOf(shown),
    statusChanges,
    recentTraces,
  };
}

function hopsOf({ active, figures }: ShownFlow): HopFigures[] {
  const figuresOf = new Map(figures.hops.map((hop) => [hop.hopId, hop]));
  return active.contract.spec.path.map((hop) => {
    const known = figuresOf.get(hop.id);
    return {
      hopId: hop.id,
      name: hop.name,
      channelId: channelId(hop.channel),
      enteredPerMinute: known?.enteredPerMinute ?? null,
      leftPerMinute: known?.leftPerMinute ?? null,
      errorRate: known?.errorRate ?? null,
      p50Ms: known?.p50Ms ?? null,
      p95Ms: known?.p95Ms ?? null,
      lastLeaveAt: known?.lastLeaveAt ?? null,
      backlog: known?.backlog ?? null,
    };
  });
}

async function readStatusChanges(context: ServiceContext, flowId: string): Promise<FlowDetail['statusChanges']> {
  const rows = await context.db.query.flowStatusChanges.findMany({
    where: (row, { eq }) => eq(row.flowId, flowId), orderBy: (row, { desc }) => [desc(row.at), desc(row.id)], limit: STATUS_CHANGES,
  });
  return rows.map((row) => ({
    at: row.at.toISOString(), from: row.fromStatus === null ? null : asStatus(row.fromStatus), to: asStatus(row.toStatus), reason: row.reason,
  }));
}

/** Traces are messages: they need their own permission and are cut to its scope; without it the flow is shown without them. */
async function readRecentTraces(context: ServiceContext, flowId: string): Promise<FlowDetail['recentTraces']> {
  if (!may(context.actor, 'traces:read')) return [];
  const now = context.now().getTime();
  const answers = await Promise.all(
    scopesForTraces(context.actor).map((scope) =>
      askRecentTraces(context.clickhouse, { flowId, fromMs: now - RECENT_WINDOW_MS, toMs: now, limit: RECENT_TRACES, ...scope }, context.signal),
    ),
  );
  const newest = new Map(answers.flat().map((row) => [row.traceId, row]));
  return [...newest.values()]
    .sort((a, b) => (BigInt(b.startedNs) > BigInt(a.startedNs) ? 1 : -1))
    .slice(0, RECENT_TRACES)
    .map((row) => ({
      traceId: row.traceId, startedAt: rfc3339FromNs(row.startedNs), durationMs: Math.round(Number(row.durationNs) / 1e6), isError: row.isError, reason: row.reason,
    }));
}
