/** What is known of a gate and its clients at one instant. */
import { gateTerms, type GateTerms } from '@/server/domain/operations/gate';
import { MOST_BEHIND_MS, type GateEvidence } from '@/server/domain/operations/gate-verdict';
import { askHopTraffic } from '@/server/queries/hop-traffic';
import { readGateClients, type GateClient } from '@/server/services/gates/gate-clients';
import { readGates, type Gate } from '@/server/services/gates/gates';
import { readIngestProgress } from '@/server/services/ingest/read-ingest-progress';
import type { LeverTarget } from '../runtime/operations/levers';
import type { GateContext } from './levers';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface GateLook {
  /** Null: no contract in force has the flow, so the gate answers 404. */
  gate: Gate | null;
  clients: GateClient[];
  terms: GateTerms;
}

export async function lookAtGate({ flow }: LeverTarget, { db }: GateContext): Promise<GateLook> {
  const flowId = flow.metadata.id;
  const [gates, clients] = await Promise.all([readGates(db), readGateClients(db, flowId)]);
  const gate = gates.get(flowId) ?? null;
  return { gate, clients, terms: gate?.terms ?? gateTerms(flow) };
}

/** Evidence about what the gate answers now; `since` is when it began to answer so. */
export async function gateEvidence(target: LeverTarget, { gate, clients, terms }: GateLook & { gate: Gate }, since: Date, context: GateContext): Promise<GateEvidence> {
  const now = context.now();
  const [lastSeen, progress] = await Promise.all([
    // Of what came earlier it is known that it is quiet for long enough.
    traffic(target, Math.max(since.getTime(), now - terms.verifyAfterMs - 2 * MINUTE_MS), context),
    readIngestProgress(context.db, new Date(now)),
  ]);
  return {
    now, requestedAt: since.getTime(), etag: gate.etag, terms, lastSeen: lastSeen.lastSeenMs, ...progress,
    clients: clients.map((client) => ({ ...client, firstAt: client.firstAt.getTime(), lastAt: client.lastAt.getTime() })),
  };
}

/** What was received from the hop since the minute of an instant. */
export async function traffic({ flow, hop }: LeverTarget, fromMs: number, context: GateContext): Promise<{ messages: number; lastSeenMs: number | null }> {
  const [row] = await askHopTraffic(context.clickhouse, { flowId: flow.metadata.id, hopId: hop.id, fromMs: Math.max(0, fromMs), toMs: context.now() }, context.signal);
  return { messages: Math.max(row?.enters ?? 0, row?.leaves ?? 0), lastSeenMs: row?.lastSeenMs ?? null };
}

/** Whether what was received until now is known, but for the last seconds. */
export async function isTelemetryCurrent(context: GateContext): Promise<boolean> {
  const { completeThrough } = await readIngestProgress(context.db, new Date(context.now()));
  return completeThrough !== null && context.now() - completeThrough <= MOST_BEHIND_MS;
}

/** Whether anything of the hop was received within a day: without telemetry, silence proves nothing. */
export async function isSeen(target: LeverTarget, context: GateContext): Promise<boolean> {
  return (await traffic(target, context.now() - DAY_MS, context)).lastSeenMs !== null;
}
