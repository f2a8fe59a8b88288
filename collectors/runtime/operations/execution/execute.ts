/** One life of an execution: begins or resumes an approved operation, waits for a source that is away, and ends it with a sentence. */
import { locksOf, operationPlan, type OperationPlan } from '@/server/domain/operations/plan';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import { openItems } from '@/server/services/operations/engine/item-journal';
import { beginOperation, changeState, rememberRecord } from '@/server/services/operations/engine/run-operation';
import { loadOperation, loadSteps, type OperationRow } from '@/server/services/operations/operation-rows';
import { planAct, type Act } from '../act';
import type { BoundLevers } from '../bound-levers';
import { sentenceOf, type Engine } from '../engine';
import { leverRequest } from '../lever-request';
import { leversOn, leverTarget } from '../lever-target';
import { FenceLost, type LeverResult, type LeverRun, type LeverTarget } from '../levers';
import { runRamp, type RampResult } from '../ramp/run-ramp';
import { CHANGED, isAnother, refusalToBegin } from './before-beginning';
import { afterSilence, endOf, whenStopped } from './ending';
import { executeSteps } from './execute-steps';
import { contextOf, runOf, type Life, type OwnRun } from './lever-run';
import { watchStop } from './stop-watch';
import { whileAway } from './until-done';

/** What is done where. */
interface OwnAct { levers: BoundLevers; target: LeverTarget; request: Act }

/** Brings an operation in `approved` or `running` forward as far as it goes. Whatever goes wrong ends in its state, never in silence. */
export async function executeOperation(engine: Engine, row: OperationRow, life: Life): Promise<void> {
  const steps = await loadSteps(engine.db, row.id);
  if (steps.length > 0) return executeSteps(engine, row, life);
  const operation = { id: row.id, fence: life.lease.fence };
  const request = operationRequest.parse(row.request);
  const plan = operationPlan.parse(row.plan);
  const isNew = row.state === 'approved';
  // What a former life has put in place is still there, and is not to be forgotten.
  const fail = (sentence: string) => changeState(engine.db, operation, 'failed', { sentence, now: engine.now(), ...(isNew ? undone(row) : leftThere(row, sentence)) });
  if (isNew) {
    const refusal = await refusalToBegin(engine, row, plan);
    if (refusal !== null) return void await fail(refusal);
  }
  let act: OwnAct;
  try {
    act = await prepare(engine, row, request);
  } catch (error) {
    return void await fail(sentenceOf(error));
  }
  if (isNew) {
    const change = await changedSince(engine, row, plan, act, life).catch((error: unknown) => sentenceOf(error));
    if (life.signal.aborted) return;
    if (change !== null) return void await fail(change);
    if (!(await beginOperation(engine.db, operation, plan, request, engine.now()))) return;
  }
  const stop = watchStop(engine.db, row);
  const run = runOf(engine, row.id, act.target.flow, {
    ...life, operation, stopRequested: () => stop.requested(), memory: { recorded: row.record, remember: (record) => rememberRecord(engine.db, operation, record) },
  });
  try {
    const result = await whileAway(run, () => carryOut(engine, row, act, plan, run), (error) => (run.stopRequested() ? whenStopped(sentenceOf(error)) : undefined));
    if (result !== null) await run.settled(() => changeState(engine.db, operation, ...endOf(request, afterSilence(result, run.silence()), engine.now())));
  } catch (error) {
    if (error instanceof FenceLost || !run.isHeld()) return;
    await compensate(engine, act, plan, run, operation, sentenceOf(error));
  } finally {
    await stop.end();
  }
}

async function prepare(engine: Engine, row: OperationRow, request: OperationRequest): Promise<OwnAct> {
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const levers = leversOn(engine, target);
  const items = request.kind === 'replay' ? await openItems(engine.db, row.id) : [];
  return { target, levers, request: await leverRequest(engine, request, row, target, items, engine.now()) };
}

/** Looks once more: what the operator saw must still be so. */
async function changedSince(engine: Engine, row: OperationRow, plan: OperationPlan, { levers, target, request }: OwnAct, { signal }: Life): Promise<string | null> {
  const now = await planAct(levers, target, request, { ...contextOf(engine, row.id), signal });
  if (isAnother(now, plan.act)) return `${CHANGED} Nothing was done; make a new plan.`;
  const locks = locksOf({ ...plan, act: now });
  return locks.length === 0 ? null : `Nothing was done: ${locks.map(({ sentence }) => sentence).join(' ')}`;
}

async function carryOut(engine: Engine, row: OperationRow, { levers, target, request }: OwnAct, plan: OperationPlan, run: OwnRun): Promise<LeverResult | RampResult> {
  return request.kind === 'ramp' ? runRamp(engine, row, { levers, target, request }, plan.act, run) : levers.execute(target, request, plan.act, run);
}

async function compensate(
  engine: Engine, { levers, target, request }: OwnAct, plan: OperationPlan, run: LeverRun, operation: { id: string; fence: bigint }, problem: string,
): Promise<void> {
  const row = await loadOperation(engine.db, operation.id);
  const makesHold = request.kind === 'pause' || request.kind === 'reroute';
  let sentence = problem;
  let isUndone = makesHold;
  if (makesHold) {
    try {
      await levers.undo(target, request, plan.act, run);
      sentence = `${problem} What had been begun was taken back.`;
    } catch (error) {
      isUndone = false;
      sentence = `${problem} It could not be taken back: ${sentenceOf(error)} Look at the native commands of the hold.`;
    }
  }
  if (!run.isHeld()) return;
  // What went cannot be taken back, and of what was being sent nobody can tell.
  const went = (await itemsThatWent(engine.db, operation.id)).length;
  if (makesHold && went > 0) sentence += ` ${went} ${went === 1 ? 'item' : 'items'} had gone before, or may have: they are listed with this operation.`;
  await changeState(engine.db, operation, 'failed', {
    sentence, now: engine.now(),
    ...(makesHold ? (isUndone ? undone(row) : { hold: { state: 'leaking', observation: sentence } }) : stillThere(row, sentence)),
  });
}

function leftThere(row: OperationRow, sentence: string) {
  return row.kind === 'pause' || row.kind === 'reroute' ? { hold: { state: 'leaking', observation: sentence } } : stillThere(row, sentence);
}

async function itemsThatWent(db: Engine['db'], operationId: string) {
  return (await openItems(db, operationId)).filter(({ state }) => state === 'sent' || state === 'sending');
}

function undone(row: OperationRow) {
  if (row.kind === 'pause') return { hold: { state: 'released', observation: 'It was never in place.' } };
  if (row.kind === 'reroute') return { hold: { state: 'restored', observation: 'It was never in place.' } };
  return {};
}

/** What a release or a restore did not get done stays as it was, and is measured again. */
function stillThere(row: OperationRow, sentence: string) {
  if (row.kind === 'release') return { hold: { state: 'draining', observation: sentence } };
  return row.kind === 'restore' ? { hold: { state: 'active', observation: sentence } } : {};
}

