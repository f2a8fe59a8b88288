import { instantWords } from '@/server/domain/instant-words';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { uuidv7 } from '@/server/domain/ids';
import type { EditVault } from '@/server/domain/operations/edit-vault';
import { isOver, type HoldState } from '@/server/domain/operations/hold-states';
import { actsOnHold, REROUTE_METHODS, requestAction, type HoldMethod } from '@/server/domain/operations/kinds';
import { maxHoldMs, maxRerouteMs } from '@/server/domain/operations/hold-length';
import { rampWatch } from '@/server/domain/operations/ramp';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import { actorLabel } from '@/server/domain/roles/actor';
import type { Scope } from '@/server/domain/roles/scope';
import { schema, type Database } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { invalidField, Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { checkMethod, pauseSteps, releaseSteps, type AskedStep } from './asked-steps';
import { flowTarget, type FlowTarget } from './flow-target';
import { refuseWhileDisabled } from './lever-switch';
import { makersOf } from './makers-of';
import { loadHold, writeEvent } from './operation-rows';
import { requireWholeFlow } from './operation-scope';
import type { OperationView } from './operation-view';
import { readOperation } from './read-operation';
import { refuseForbiddenEdit, sealEdit } from './seal-edit';

/**
 * Asks for an operation: a collector then looks and freezes a plan; nothing is changed before that is confirmed. The same
 * request again is the same operation.
 *
 * @throws Refusal not-found; invalid that names the field; conflict for an id that was used for something else, while levers
 * are disabled, or when the hold is over
 */
export async function requestOperation(context: ServiceContext & { vault?: () => EditVault }, input: z.input<typeof operationRequest>): Promise<OperationView> {
  const { request, sealed } = sealEdit(operationRequest.parse(input), context.vault);
  const subject = { action: requestAction(request.kind), subject: `operation:${request.id}`, flowId: request.flowId };
  await audited(context, subject, async (tx, record) => {
    const scopes = authorize(context, 'operations:plan', `Flow "${request.flowId}"`);
    const known = await tx.query.operations.findFirst({ where: (row, { eq }) => eq(row.id, request.id) });
    if (known) {
      if (!isDeepStrictEqual(operationRequest.parse(known.request), request)) throw new Refusal('conflict', `The id ${request.id} belongs to another operation. Make up a new UUID for each operation.`);
      return record('nothing-changed');
    }
    await refuseWhileDisabled(tx);
    const target = await flowTarget(context.db, request.flowId, request.hopId);
    const { method, holdId } = await place(context, request, target, scopes);
    const steps = await stepsOf(context, request, target);
    const now = context.now();
    const summary = 'A collector is computing the plan.';
    await tx.insert(schema.operations).values({
      id: request.id, kind: request.kind, flowId: request.flowId, hopId: request.hopId, sourceId: target.sourceId, channelId: target.channelId,
      method, holdId: steps.length > 0 ? null : holdId, state: 'draft', summary, request, requestedBy: actorLabel(context.actor), requestedByUser: context.actor.kind === 'user' ? context.actor.id : null, standBehind: await makersOf(tx, context.actor),
      requestedAt: now, startAt: 'startAt' in request && request.startAt !== undefined ? new Date(request.startAt) : null, owner: actorLabel(context.actor), updatedAt: now,
    });
    if (sealed !== null) await tx.insert(schema.operationEdits).values({ operationId: request.id, sealed });
    if (steps.length > 0) await tx.insert(schema.operationSteps).values(steps.map((step, index) => ({ ...step, operationId: request.id, position: index + 1, state: 'waiting', sentence: '' })));
    const channels = steps.length > 0 ? ` of ${steps.length} channels` : '';
    await writeEvent(tx, { operationId: request.id, at: now, by: actorLabel(context.actor), kind: 'draft', sentence: `Asked for a ${request.kind}${channels}.` });
    record({ after: { kind: request.kind, hop: request.hopId, method, holdId, ...(request.kind === 'replay' && request.edit !== undefined ? { edit: request.edit.map(({ at }) => at) } : {}), ...(steps.length > 0 ? { steps: steps.map(({ hopId, method: by, holdId: hold }) => ({ hop: hopId, method: by, holdId: hold })) } : {}) } });
  });
  return readOperation(context, { id: request.id });
}

/** The method, and the hold that it makes or acts on. Everything that is wrong before anybody looks at the source is refused here. */
async function place(context: ServiceContext, request: OperationRequest, target: FlowTarget, scopes: readonly Scope[]): Promise<{ method: HoldMethod | null; holdId: string | null }> {
  const now = context.now();
  if (request.kind !== 'replay' || request.edit !== undefined) requireWholeFlow(scopes, request.kind, request.flowId);
  switch (request.kind) {
    case 'pause': {
      checkMethod('method', request.method, target);
      checkReview(request.reviewBy, now, maxHoldMs(target.flow));
      return { method: request.method, holdId: uuidv7(now.getTime()) };
    }
    case 'reroute': {
      if (!target.flow.spec.reroute?.alternates?.some(({ id }) => id === request.alternate)) throw invalidField('alternate', `"${request.alternate}" is no alternate of ${request.flowId} in its contract`);
      checkReview(request.reviewBy, now, maxRerouteMs(target.flow));
      return { method: REROUTE_METHODS[target.channel.kind], holdId: uuidv7(now.getTime()) };
    }
    case 'replay': {
      if (target.flow.spec.replay?.class === 'R0') throw new Refusal('invalid', `Messages of ${request.flowId} are never replayed (class R0). ${target.flow.spec.replay.insteadOfReplay ?? ''}`.trim());
      if (request.selection.by !== 'items' && Date.parse(request.selection.failedFrom) > Date.parse(request.selection.failedUntil)) throw invalidField('selection.failedUntil', 'is before failedFrom');
      refuseForbiddenEdit(request, target);
      return { method: null, holdId: null };
    }
    case 'release': {
      const terms = request.ramp === undefined ? null : rampWatch(request.ramp, target.flow);
      if (terms !== null && 'problem' in terms) throw invalidField(`ramp.${terms.field}`, terms.problem);
      return onHold(context.db, request, target);
    }
    case 'canary':
    case 'restore': return onHold(context.db, request, target);
  }
}

/** None where it acts on one channel. */
async function stepsOf(context: ServiceContext, request: OperationRequest, target: FlowTarget): Promise<AskedStep[]> {
  if (!('further' in request) || request.further === undefined) return [];
  return request.kind === 'pause' ? pauseSteps(context.db, request, target, context.now()) : releaseSteps(context.db, request);
}

async function onHold(db: Database, request: Extract<OperationRequest, { holdId: string }>, target: FlowTarget): Promise<{ method: HoldMethod; holdId: string }> {
  const hold = await loadHold(db, request.holdId);
  if (hold.flowId !== request.flowId || hold.channelId !== target.channelId) throw invalidField('holdId', `is a hold of ${hold.flowId}, hop ${hold.hopId}`);
  if (isOver(hold.state as HoldState)) throw new Refusal('conflict', `The hold is over since ${hold.overAt === null ? 'a while' : instantWords(hold.overAt)}; there is nothing to ${request.kind}.`);
  const kind = actsOnHold(request.kind) && request.kind === 'restore' ? 'reroute' : 'pause';
  if (hold.kind !== kind) throw invalidField('holdId', `is a ${hold.kind}; a ${hold.kind} is ended by ${hold.kind === 'pause' ? 'release' : 'restore'}`);
  return { method: hold.method as HoldMethod, holdId: hold.id };
}

function checkReview(reviewBy: string, now: Date, longestMs: number): void {
  const inMs = Date.parse(reviewBy) - now.getTime();
  if (inMs <= 0) throw invalidField('reviewBy', 'lies in the past; give an instant at which somebody decides anew');
  if (inMs > longestMs) throw invalidField('reviewBy', `is more than ${Math.round(longestMs / 60_000)} minutes from now, which is the longest that the contract allows`);
}
