import { eq } from 'drizzle-orm';
import { flowSchema } from '@/server/domain/contracts/flow-schema';
import type { HoldKind, HoldState } from '@/server/domain/operations/hold-states';
import { uuidv7 } from '@/server/domain/ids';
import { schema, type Database } from '@/server/store/postgres';

/** A flow with one hop over a route, whose client asks the gate. */
export function gatedFlow(id: string, told: { gate?: object | null; lifecycle?: string; alternates?: string[] } = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id, name: `Flow ${id}`, version: '1.0.0', lifecycle: told.lifecycle ?? 'active' },
    spec: {
      criticality: 'C2', path: [{ id: 'load', channel: { source: 'analytics-api', kind: 'route', method: 'POST', path: `/${id}` } }],
      pause: { allowed: true, ...(told.gate === null ? {} : { gate: { onUnavailable: 'closed', maxStale: 'PT5M', verifyAfter: 'PT10S', ...told.gate } }) },
      ...(told.alternates ? { reroute: { allowed: true, alternates: told.alternates.map((alternate) => ({ id: alternate, channel: { source: 'analytics-api', kind: 'route', method: 'POST', path: `/${alternate}` } })) } } : {}),
    },
  });
}

/** An operation as its row stands while it runs. @returns its id */
export async function plantOperation(db: Database, told: { flowId: string; kind: string; request?: object; holdId?: string; state?: string }): Promise<string> {
  const id = uuidv7();
  const at = new Date();
  await db.insert(schema.operations).values({
    id, kind: told.kind, flowId: told.flowId, hopId: 'load', sourceId: 'analytics-api', channelId: `analytics-api:route:POST /${told.flowId}`, method: 'cooperative', holdId: told.holdId ?? null,
    state: told.state ?? 'running', summary: 'Running.', request: { kind: told.kind, ...told.request }, requestedBy: 'user:nina@hospital.example', requestedAt: at, owner: 'user:nina@hospital.example', updatedAt: at,
  });
  return id;
}

/** A hold by the gate. @returns its id */
export async function plantHold(db: Database, told: { flowId: string; kind?: HoldKind; state?: HoldState; alternate?: string; requestedAt?: Date; method?: string }): Promise<string> {
  const id = uuidv7();
  const kind = told.kind ?? 'pause';
  const requestedAt = told.requestedAt ?? new Date();
  const openedBy = await plantOperation(db, { flowId: told.flowId, kind, request: told.alternate === undefined ? {} : { alternate: told.alternate }, holdId: id });
  await db.insert(schema.holds).values({
    id, kind, flowId: told.flowId, hopId: 'load', sourceId: 'analytics-api', channelId: `analytics-api:route:POST /${told.flowId}/${id}`, method: told.method ?? 'cooperative', state: told.state ?? 'requested',
    observation: 'Asked for.', openedBy, owner: 'user:nina@hospital.example', reviewBy: new Date(requestedAt.getTime() + 3_600_000), requestedAt,
  });
  return id;
}

export async function setHoldState(db: Database, holdId: string, state: HoldState): Promise<void> {
  await db.update(schema.holds).set({ state }).where(eq(schema.holds.id, holdId));
}
