/** One life of an execution: begins or resumes an approved operation, waits for a source that is away, and ends it with a sentence. */
import { setTimeout as pause } from 'node:timers/promises';
import { canonicalHash, type Json } from '@/server/domain/canonical-json';
import { locksOf, operationPlan, planHash, type OperationPlan } from '@/server/domain/operations/plan';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import { openItems } from '@/server/services/operations/engine/item-journal';
import { beginOperation, changeState, recordStep, rememberRecord, showProgress } from '@/server/services/operations/engine/run-operation';
import { loadOperation, type OperationRow } from '@/server/services/operations/operation-rows';
import { readLeverSwitch } from '@/server/services/operations/lever-switch';
import type { HeldLease } from '../../taps/held-lease';
import { planAct, type Act } from '../act';
import type { BoundLevers } from '../bound-levers';
import { sentenceOf, type Engine } from '../engine';
import { leverRequest } from '../lever-request';
import { leverTarget } from '../lever-target';
import { FenceLost, SourceAway, type LeverResult, type LeverRun, type LeverTarget } from '../levers';
import { runRamp, type RampResult, type RampRun } from '../ramp/run-ramp';
import { journalOf } from './journal';
import { afterSilence, endOf, whenStopped } from './ending';
import { preconditionsOf, type Preconditions } from './may-act';
import { watchStop } from './stop-watch';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const PROGRESS_MS = 500;

export interface Life {
  lease: HeldLease;
  /** Aborts when the process stops, or the lease is lost. */
  signal: AbortSignal;
}

/** Brings an operation in `approved` or `running` forward as far as it goes. Whatever goes wrong ends in its state, never in silence. */
export async function executeOperation(engine: Engine, row: OperationRow, life: Life): Promise<void> {
  const operation = { id: row.id, fence: life.lease.fence };
  const fail = (sentence: string) => changeState(engine.db, operation, 'failed', { sentence, now: engine.now(), ...undone(row) });
  const request = operationRequest.parse(row.request);
  const plan = operationPlan.parse(row.plan);
  const isNew = row.state === 'approved';
  if (isNew) {
    const refusal = await refusalToBegin(engine, row, plan);
    if (refusal !== null) return void await fail(refusal);
  }
  let act: { levers: BoundLevers; target: LeverTarget; request: Act };
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
  const stop = watchStop(engine.db, row.id);
  const run = runOf(engine, row, act.target, { ...life, operation, stopRequested: () => stop.requested() });
  try {
    const result = await untilDone(engine, row, act, plan, run);
    if (result !== null) await run.settled(() => changeState(engine.db, operation, ...endOf(request, afterSilence(result, run.silence()), engine.now())));
  } catch (error) {
    if (error instanceof FenceLost || !run.isHeld()) return;
    await compensate(engine, act, plan, run, operation, sentenceOf(error));
  } finally {
    await stop.end();
  }
}

async function prepare(engine: Engine, row: OperationRow, request: OperationRequest) {
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const levers = engine.levers(target);
  if ('problem' in levers) throw new Error(levers.problem);
  const items = request.kind === 'replay' ? await openItems(engine.db, row.id) : [];
  return { target, levers, request: await leverRequest(engine.db, request, row, target, items, engine.now()) };
}

/** What stands against beginning, besides the source itself. */
async function refusalToBegin({ db, now }: Engine, row: OperationRow, plan: OperationPlan): Promise<string | null> {
  if (planHash(plan) !== row.planHash) return 'The stored plan is not the one that was agreed to: its hash differs. Nothing was done; make a new plan, and tell your administrator.';
  const startAt = row.startAt?.getTime() ?? 0;
  if (row.approvalExpiresAt !== null && now().getTime() > Math.max(row.approvalExpiresAt.getTime(), startAt + 60_000)) return 'The approval expired before it began. Make a new plan.';
  const disabled = await readLeverSwitch(db);
  return disabled === null ? null : `All levers are disabled: ${disabled.by} did so at ${disabled.at} (${disabled.reason}).`;
}

/** Looks once more: what the operator saw must still be so. */
async function changedSince(engine: Engine, row: OperationRow, plan: OperationPlan, { levers, target, request }: Awaited<ReturnType<typeof prepare>>, { signal }: Life): Promise<string | null> {
  const now = await planAct(levers, target, request, { ...contextOf(engine, row.id), signal });
  if (canonicalHash(now.topology) !== canonicalHash(plan.act.topology)) return 'The source has changed since the plan was made (bindings, policies, users or limits are others). Nothing was done; make a new plan.';
  const locks = locksOf({ ...plan, act: now });
  return locks.length === 0 ? null : `Nothing was done: ${locks.map(({ sentence }) => sentence).join(' ')}`;
}

/** Calls the connector until it is done. @returns null when this life ended before */
async function untilDone(engine: Engine, row: OperationRow, { levers, target, request }: Awaited<ReturnType<typeof prepare>>, plan: OperationPlan, run: RampRun): Promise<LeverResult | RampResult | null> {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    if (!run.isHeld()) return null;
    try {
      return await (request.kind === 'ramp' ? runRamp(engine, row, { levers, target, request }, plan.act, run) : levers.execute(target, request, plan.act, run));
    } catch (error) {
      if (!(error instanceof SourceAway)) throw error;
      if (run.stopRequested()) return whenStopped(sentenceOf(error));
      run.progress({ sentence: `Waiting: ${sentenceOf(error)} It goes on by itself as soon as the source answers.` });
      await pause(waitMs, undefined, { signal: run.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}

async function compensate(
  engine: Engine, { levers, target, request }: Awaited<ReturnType<typeof prepare>>, plan: OperationPlan, run: LeverRun, operation: { id: string; fence: bigint }, problem: string,
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
  await changeState(engine.db, operation, 'failed', {
    sentence, now: engine.now(),
    ...(makesHold ? (isUndone ? undone(row) : { hold: { state: 'leaking', observation: sentence } }) : stillThere(row, sentence)),
  });
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

function contextOf({ contracts, installation, logger, now }: Engine, operationId: string) {
  return { operationId, contracts, installation, logger, now: () => now().getTime() };
}

/** What the engine itself needs of a run, beside what a connector gets. */
interface OwnRun extends RampRun, Pick<Preconditions, 'silence'> {
  settled(end: () => Promise<unknown>): Promise<void>;
}

function runOf(
  engine: Engine, row: OperationRow, target: LeverTarget, { lease, signal, operation, stopRequested }: Life & { operation: { id: string; fence: bigint }; stopRequested: () => boolean },
): OwnRun {
  let recorded = row.record as Json;
  let shown = Promise.resolve();
  let lastShown = Number.NEGATIVE_INFINITY;
  const startedAt = performance.now();
  const preconditions = preconditionsOf(engine, target.flow, signal);
  return {
    ...contextOf(engine, row.id), signal, silence: preconditions.silence,
    stopRequested: () => stopRequested() || preconditions.silence() !== null,
    fence: operation.fence,
    isHeld: () => !signal.aborted && lease.isHeld(),
    get recorded() { return recorded; },
    remember: async (record) => {
      await rememberRecord(engine.db, operation, record);
      recorded = record;
    },
    step: async (record, told) => {
      await recordStep(engine.db, operation, { ...told, record, now: engine.now() });
      recorded = record;
    },
    progress: ({ sentence, moved, steps }) => {
      // Live, but not a write per message.
      if (performance.now() - lastShown < PROGRESS_MS) return;
      lastShown = performance.now();
      const seconds = Math.max(1, (lastShown - startedAt) / 1_000);
      const progress = { sentence, ...(moved === undefined ? {} : { moved, perSecond: (moved / seconds).toFixed(1) }), ...(steps === undefined ? {} : { steps }) };
      shown = shown.then(() => showProgress(engine.db, operation, progress, engine.now())).catch(() => undefined);
    },
    journal: journalOf(engine, operation),
    mayAct: preconditions.mayAct,
    // A late line of progress must not stand over the end.
    settled: async (end) => {
      await shown;
      await end();
    },
  };
}
