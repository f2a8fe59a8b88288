/** One life of an operation over several channels: goes on where a former one was, step by step, forwards or back. */
import type { Json } from '@/server/domain/canonical-json';
import { operationPlan, type PlanPart } from '@/server/domain/operations/plan';
import { operationRequest, type RequestOf } from '@/server/domain/operations/request';
import { endOfSteps, nextMove, type HoldStanding, type SequenceKind, type StepStanding } from '@/server/domain/operations/step-sequence';
import type { StepState } from '@/server/domain/operations/step-states';
import type { HoldState } from '@/server/domain/operations/hold-states';
import { actorInWords } from '@/server/domain/roles/actor';
import { OperationFenceLost } from '@/server/services/operations/engine/fenced';
import { beginOperation, changeState } from '@/server/services/operations/engine/run-operation';
import { rememberStep } from '@/server/services/operations/engine/run-steps';
import { loadHold, loadOperation, loadSteps, type OperationRow, type StepRow } from '@/server/services/operations/operation-rows';
import type { Engine } from '../engine';
import { stepRequest } from '../lever-request';
import { leversOn, leverTarget } from '../lever-target';
import { FenceLost } from '../levers';
import { refusalToBegin } from './before-beginning';
import { runOf, type Life } from './lever-run';
import { beginOne, carryOut, problemAt, takeBack, verify, type StepAtWork } from './one-step';
import { watchStop } from './stop-watch';

/** Brings it forward as far as it goes. A step that goes wrong ends in its state; what ends this life alone leaves it to the next. */
export async function executeSteps(engine: Engine, row: OperationRow, life: Life): Promise<void> {
  const operation = { id: row.id, fence: life.lease.fence };
  const plan = operationPlan.parse(row.plan);
  const request = operationRequest.parse(row.request);
  if ((request.kind !== 'pause' && request.kind !== 'release') || plan.parts === undefined) {
    return void await changeState(engine.db, operation, 'failed', { sentence: 'Its plan does not say what to do at each channel. Make a new plan.', now: engine.now() });
  }
  const stop = watchStop(engine.db, row);
  const stopRequested = () => stop.requested();
  const at = atWork(engine, row, request, plan.parts, { ...life, operation, stopRequested });
  try {
    if (row.state === 'approved') {
      const refusal = await refusalToBegin(engine, row, plan) ?? await problemAnywhere(engine, row, at);
      if (life.signal.aborted) return;
      if (refusal !== null) return void await changeState(engine.db, operation, 'failed', { sentence: refusal, now: engine.now() });
      if (!(await beginOperation(engine.db, operation, plan, request, engine.now()))) return;
    }
    await advance(engine, row, request.kind, at, { operation, isHeld: () => !life.signal.aborted && life.lease.isHeld(), stopRequested });
  } catch (error) {
    if (error instanceof FenceLost || error instanceof OperationFenceLost || life.signal.aborted) return;
    throw error;
  } finally {
    await stop.end();
  }
}

interface Working { id: string; fence: bigint }

type AtWork = (step: StepRow) => StepAtWork;

/** Nothing is begun at the first channel while something stands against the last one. */
async function problemAnywhere(engine: Engine, row: OperationRow, at: AtWork): Promise<string | null> {
  for (const step of await loadSteps(engine.db, row.id)) {
    const problem = await problemAt(at(step), false);
    if (problem !== null) return `${step.hopId}: ${problem} Nothing was done; make a new plan.`;
  }
  return null;
}

async function advance(engine: Engine, row: OperationRow, kind: SequenceKind, at: AtWork, { operation, isHeld, stopRequested }: { operation: Working; isHeld: () => boolean; stopRequested: () => boolean }): Promise<void> {
  while (isHeld()) {
    const steps = await loadSteps(engine.db, row.id);
    const move = nextMove(kind, steps.map(standing), stopRequested());
    if (move.do === 'end') return end(engine, row, kind, steps, operation);
    const step = steps.find(({ position }) => position === move.position)!;
    const one = at(step);
    switch (move.do) {
      case 'begin': await beginOne(one, row.state === 'approved' && step.position === 1); break;
      case 'carry-out': await carryOut(one); break;
      case 'verify': await verify(one); break;
      case 'take-back': await takeBack(one); break;
    }
  }
}

async function end(engine: Engine, { id, owner }: OperationRow, kind: SequenceKind, steps: readonly StepRow[], operation: Working): Promise<void> {
  const holds = kind === 'pause' && steps.every(({ state }) => state === 'held') ? await Promise.all(steps.map(async ({ position, holdId }): Promise<HoldStanding> => {
    const { state, observation } = await loadHold(engine.db, holdId);
    return { position, state: state as HoldState, observation };
  })) : [];
  const { stopRequestedBy } = await loadOperation(engine.db, id);
  const ending = endOfSteps(kind, steps.map(standing), { stoppedBy: stopRequestedBy === null ? null : actorInWords(stopRequestedBy), owner: actorInWords(owner), holds });
  await changeState(engine.db, operation, ending.state, { sentence: ending.sentence, now: engine.now(), progress: { sentence: ending.sentence } });
}

function standing({ position, hopId, state, problem, sentence }: StepRow): StepStanding {
  return { position, hopId, state: state as StepState, problem, sentence };
}

/** Everything that is needed at one channel. */
function atWork(engine: Engine, row: OperationRow, request: RequestOf<'pause'> | RequestOf<'release'>, parts: readonly PlanPart[], life: Life & { operation: Working; stopRequested: () => boolean }): AtWork {
  return (step) => {
    const part = parts.find(({ position }) => position === step.position);
    if (!part) throw new Error(`The plan has no step ${step.position}.`);
    return {
      engine, operation: life.operation, row, step, part, request,
      act: async () => {
        const target = leverTarget(engine.contracts(), row.flowId, step.hopId);
        return { target, levers: leversOn(engine, target), request: await stepRequest(engine.db, request, step) };
      },
      run: runOf(engine, row.id, engine.contracts().flows.find(({ metadata }) => metadata.id === row.flowId), {
        ...life,
        // Taking back goes to its end, whatever was asked to stop.
        stopRequested: step.state === 'undoing' ? () => false : life.stopRequested,
        prefix: `Step ${step.position} of ${parts.length}, ${step.hopId}: `,
        memory: { recorded: step.record, remember: (record: Json) => rememberStep(engine.db, life.operation, step, record) },
      }),
    };
  };
}
