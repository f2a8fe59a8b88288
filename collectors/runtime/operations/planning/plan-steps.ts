/** The plan of an operation over several channels: a part per channel, and the whole, in which a case counts once. */
import { approvalFor } from '@/server/domain/operations/approval-policy';
import { combinedAct } from '@/server/domain/operations/combined-act';
import { dimensionsOf } from '@/server/domain/operations/extent';
import { holdBudgetOf } from '@/server/domain/operations/hold-budget';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { OperationPlan, PlanPart } from '@/server/domain/operations/plan';
import type { OperationRequest } from '@/server/domain/operations/request';
import { collidingSteps } from '@/server/domain/operations/step-locks';
import { loadHold, type OperationRow, type StepRow } from '@/server/services/operations/operation-rows';
import type { Engine } from '../engine';
import { stepRequest } from '../lever-request';
import { leversOn, leverTarget } from '../lever-target';
import type { LeverContext } from '../levers';
import { possiblyTwice, reached, waitingMessages } from './channel-reach';
import { frameOf } from './plan-frame';

/** @throws Error with a sentence for people when one of the sources cannot be looked at */
export async function planSteps(engine: Engine, row: OperationRow, request: OperationRequest, steps: readonly StepRow[], context: LeverContext): Promise<OperationPlan> {
  if (request.kind !== 'pause' && request.kind !== 'release') throw new Error(`A ${request.kind} acts on one channel.`);
  const looked = await Promise.all(steps.map((step) => lookAt(engine, row, request, step, context)));
  const parts = looked.map(({ part }) => part);
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const act = combinedAct(request.kind, parts);
  const touched = looked.flatMap((one) => one.touched);
  const unsettled = looked.flatMap(({ part, touched: own }) => own.slice(0, Number(part.act.unsettled ?? 0)));
  return {
    ...frameOf(row, request, target, context), act, parts,
    extent: reached(act.waiting, touched), possibleDuplicates: possiblyTwice(act, unsettled), dimensions: dimensionsOf(touched),
    items: { count: 0, sha256: null, notEligible: [] },
    locks: request.kind === 'pause' ? collidingSteps(looked.map(({ part, channel }) => ({ hopId: part.hopId, channel, method: part.method as HoldMethod, alone: part.act.alone }))) : [],
    approval: approvalFor(request, target.flow, request.kind === 'release' ? await ownerOfAll(engine, row, steps) : null),
    typedConfirmation: null,
    holdBudget: request.kind === 'pause' ? holdBudgetOf(target.flow, act.limits, { reviewBy: request.reviewBy, now: new Date(context.now()), waiting: touched }) : null,
  };
}

async function lookAt(engine: Engine, row: OperationRow, request: OperationRequest, step: StepRow, context: LeverContext) {
  const target = leverTarget(engine.contracts(), row.flowId, step.hopId);
  const act = await leversOn(engine, target).plan(target, await stepRequest(engine.db, request, step), context);
  const touched = await waitingMessages(engine, target, act, context.signal);
  const part: PlanPart = {
    position: step.position, hopId: step.hopId, sourceId: step.sourceId, channelId: step.channelId, method: step.method, act,
    extent: reached(act.waiting, touched), possibleDuplicates: possiblyTwice(act, touched),
    holdBudget: request.kind === 'pause' ? holdBudgetOf(target.flow, act.limits, { reviewBy: request.reviewBy, now: new Date(context.now()), waiting: touched }) : null,
  };
  return { part, touched, channel: target.channel };
}

/** One hold that is another's makes the whole release need a second person. */
async function ownerOfAll({ db }: Engine, row: OperationRow, steps: readonly StepRow[]): Promise<{ isRequesters: boolean; owner: string }> {
  const owners = await Promise.all(steps.map(async ({ holdId }) => (await loadHold(db, holdId)).owner));
  const other = owners.find((owner) => owner !== row.requestedBy);
  return { isRequesters: other === undefined, owner: other ?? row.requestedBy };
}
