/** Operations as a collector leaves them after planning, without a source behind. */
import { randomUUID } from 'node:crypto';
import { flowSchema } from '@/server/domain/contracts/flow-schema';
import { uuidv7 } from '@/server/domain/ids';
import { approvalFor } from '@/server/domain/operations/approval-policy';
import { dimensionsOf, extentOf } from '@/server/domain/operations/extent';
import type { ConnectorPlan, OperationPlan } from '@/server/domain/operations/plan';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import type { Person } from '@/server/domain/roles/actor';
import type { Role } from '@/server/domain/roles/permissions';
import type { Scope } from '@/server/domain/roles/scope';
import type { Database } from '@/server/store/postgres';
import { raiseFence } from '../engine/fenced';
import { storePlan, type PlannedItem } from '../engine/store-plan';
import { loadOperation } from '../operation-rows';

export const FLOW_ID = 'charges';

/** A flow over a queue with a dead-letter queue, that may be paused and is replayed by its class. */
export function leverFlow(id = FLOW_ID, spec: object = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id, name: `Flow ${id}`, version: '1.0.0', owner: { technical: 'integration-billing' } },
    spec: {
      path: [{ id: 'outbox', channel: { source: 'broker', kind: 'queue', exchange: 'events', keys: ['charge.#'], name: `${id}.work`, deadLetter: { exchange: 'dead', queue: `${id}.dead` } } }],
      pause: { allowed: true, maxHold: 'PT4H' },
      replay: { class: 'R2', approval: 'four-eyes', maxBatch: 500, confirm: { flow: id, hop: 'outbox', leg: 'leave', within: 'PT15M' } },
      ...spec,
    },
  });
}

export function person(name: string, roles: readonly Role[], scope: Scope = { facilities: null, payers: null }): Person {
  return { kind: 'user', id: randomUUID(), email: `${name}@hospital.example`, name, grants: roles.map((role) => ({ role, scope })) };
}

const inTwoHours = (now: Date) => new Date(now.getTime() + 2 * 3_600_000).toISOString();

export function pauseRequest(now: Date, told: Partial<Extract<OperationRequest, { kind: 'pause' }>> = {}) {
  return { kind: 'pause' as const, id: uuidv7(), flowId: FLOW_ID, hopId: 'outbox', method: 'park' as const, reviewBy: inTwoHours(now), ...told };
}

export function replayRequest(now: Date, told: Partial<Extract<OperationRequest, { kind: 'replay' }>> = {}) {
  return {
    kind: 'replay' as const, id: uuidv7(), flowId: FLOW_ID, hopId: 'outbox', to: 'queue' as const,
    selection: { by: 'all' as const, failedFrom: new Date(now.getTime() - 3_600_000).toISOString(), failedUntil: now.toISOString() }, ...told,
  };
}

const ACT: ConnectorPlan = {
  steps: ['Bind a queue.'], receivers: ['charges.work'], guarantee: { delivery: 'exactly-once', order: 'kept', survivesRestart: 'yes', inFlight: 'worked off' },
  willNot: [], warnings: [], locks: [], waiting: '0', unsettled: '0', limits: [], canary: null, nativeCommands: [], undo: 'Release it.', estimatedSeconds: null, topology: {}, action: {},
};

export function item(key: string, told: Partial<PlannedItem> = {}): PlannedItem {
  return { itemKey: key, state: 'pending', note: '', instead: '', messageId: key, caseToken: `case-${key}`, caseLabel: 'case', facilityId: 'mh110', payerId: 'aetna', amount: '10.00', currency: 'USD', reason: 'ERP_503', failedAt: new Date(), ...told };
}

/** Freezes a plan for a draft, as a collector does. @returns the hash */
export async function planIt(db: Database, id: string, now: Date, told: { act?: Partial<ConnectorPlan>; items?: PlannedItem[]; typed?: string; flow?: ReturnType<typeof leverFlow> } = {}): Promise<string> {
  const row = await loadOperation(db, id);
  const request = operationRequest.parse(row.request);
  const items = told.items ?? [];
  const flow = told.flow ?? leverFlow();
  const plan: OperationPlan = {
    format: 1, request, flowName: flow.metadata.name, contractVersion: flow.metadata.version, sourceId: row.sourceId, channelId: row.channelId, method: row.method, madeAt: now.toISOString(),
    act: { ...ACT, ...told.act }, extent: extentOf(items), possibleDuplicates: null, dimensions: dimensionsOf(items), items: { count: items.length, sha256: null, notEligible: [] }, locks: [],
    approval: approvalFor(request, flow, null), typedConfirmation: told.typed ?? null, holdBudget: null,
  };
  const fence = row.fence + 1n;
  await raiseFence(db, id, fence);
  await storePlan(db, { id, fence }, plan, items, now);
  return (await loadOperation(db, id)).planHash!;
}
