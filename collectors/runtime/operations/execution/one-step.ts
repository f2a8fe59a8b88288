/** What is done at one channel of several: looked at, carried out, measured, or taken back. Each is written down before the next. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { PlanPart } from '@/server/domain/operations/plan';
import type { RequestOf } from '@/server/domain/operations/request';
import { acceptHold } from '@/server/domain/operations/step-acceptance';
import { OperationFenceLost } from '@/server/services/operations/engine/fenced';
import { measureHold } from '@/server/services/operations/engine/measure-hold';
import { beginStep, moveStep, type StepChange } from '@/server/services/operations/engine/run-steps';
import { loadHold, type OperationRow, type StepRow } from '@/server/services/operations/operation-rows';
import { sentenceOf, type Engine } from '../engine';
import { FenceLost, type LeverResult } from '../levers';
import { holdStateOf, lookAtHold } from '../verification/look-at-hold';
import { CHANGED, isAnother } from './before-beginning';
import type { OwnRun } from './lever-run';
import { untilDone, whileAway, type LeverAct } from './until-done';

const LOOK_AGAIN_MS = 500;
/** A source that is away keeps others held only for so long while an operation is taken back. */
const TAKE_BACK_PATIENCE_MS = 60_000;

export interface StepAtWork {
  engine: Engine;
  operation: { id: string; fence: bigint };
  row: OperationRow;
  step: StepRow;
  part: PlanPart;
  request: RequestOf<'pause'> | RequestOf<'release'>;
  /** @throws Error with a sentence when no contract names it any more, or its source has no levers */
  act: () => Promise<LeverAct>;
  run: OwnRun;
}

/** What stands against this step now, in a sentence; null: nothing. @param isPatient waits while the source is away @throws FenceLost */
export async function problemAt({ act, part, run }: StepAtWork, isPatient: boolean): Promise<string | null> {
  const look = async (): Promise<string> => {
    const { levers, target, request } = await act();
    const now = await levers.plan(target, request, run);
    return isAnother(now, part.act) ? CHANGED : now.locks.map(({ sentence }) => sentence).join(' ');
  };
  try {
    const problem = await whileAway(run, look, (error) => (!isPatient || run.stopRequested() ? sentenceOf(error) : undefined));
    if (problem === null) throw new FenceLost();
    return problem === '' ? null : problem;
  } catch (error) {
    return problemOf(error, run);
  }
}

/** @param justLooked nothing has been done since the look that the whole operation began with */
export async function beginOne(work: StepAtWork, justLooked: boolean): Promise<void> {
  const { engine, operation, step, part, request } = work;
  const problem = justLooked ? null : await problemAt(work, true);
  if (problem !== null) {
    await moved(work, { to: 'failed', sentence: problem, problem });
    return;
  }
  const first = request.kind === 'pause' ? { opens: { part, reviewBy: new Date(request.reviewBy) } } : { releases: step.holdId };
  await beginStep(engine.db, operation, step.position, first, engine.now());
}

export async function carryOut(work: StepAtWork): Promise<void> {
  const { act, part, run, request } = work;
  let result: LeverResult | null;
  try {
    result = await untilDone(await act(), part.act, run);
  } catch (error) {
    return failed(work, problemOf(error, run));
  }
  if (result === null) return;
  const sentence = result.sentence + (result.possibleDuplicates > 0 ? ` ${result.possibleDuplicates} of them may have arrived twice.` : '');
  if (!result.complete) return run.stopRequested() ? stopped(work, sentence) : failed(work, sentence);
  return moved(work, request.kind === 'pause'
    ? { to: 'verifying', sentence, hold: { state: 'draining', observation: sentence } }
    : { to: 'released', sentence, hold: { state: 'released', observation: sentence } });
}

/** Measures until it is held, or it is clear that it does not become so. */
export async function verify(work: StepAtWork): Promise<void> {
  const { engine, step, run } = work;
  while (run.isHeld() && !run.stopRequested()) {
    const hold = await loadHold(engine.db, step.holdId);
    const observed = await lookAtHold(engine, hold, run.signal);
    if (!run.isHeld()) return;
    const now = engine.now();
    await measureHold(engine.db, hold, { state: holdStateOf(hold, observed, now), observation: observed.sentence, figures: observed.figures, outsideActs: observed.outsideActs }, now);
    const verdict = acceptHold(step.method as HoldMethod, observed, now.getTime() - (step.carriedOutAt ?? now).getTime());
    if (verdict?.accepted === true) return moved(work, { to: 'held', sentence: verdict.sentence });
    if (verdict?.accepted === false) return failed(work, verdict.sentence);
    run.progress({ sentence: `Waiting until it is measured as held. ${observed.sentence}` });
    await pause(LOOK_AGAIN_MS, undefined, { signal: run.signal }).catch(() => undefined);
  }
}

/** Takes back what a pause did here, as far as it came. What cannot be taken back stays, with its hold. */
export async function takeBack(work: StepAtWork): Promise<void> {
  const { act, part, step, request, run } = work;
  if (step.state !== 'undoing') return moved(work, { to: 'undoing', sentence: 'Being taken back.', hold: { state: 'releasing', observation: 'Being taken back.' } });
  const givesUpAt = performance.now() + TAKE_BACK_PATIENCE_MS;
  let problem: string | null;
  try {
    const { levers, target, request: asked } = await act();
    problem = await whileAway(run, () => levers.undo(target, asked, part.act, run).then(() => ''), (error) => (performance.now() > givesUpAt ? sentenceOf(error) : undefined));
    if (problem === null) return;
  } catch (error) {
    problem = problemOf(error, run);
  }
  if (problem === '') return moved(work, { to: 'undone', sentence: `Taken back, because the ${request.kind} of all channels did not come about.`, hold: { state: 'released', observation: 'It was taken back with the other channels of its operation.' } });
  return moved(work, { to: 'left', sentence: problem, hold: { state: 'leaking', observation: `It could not be taken back: ${problem} Release it when that is mended, or use the native commands.` } });
}

function failed(work: StepAtWork, problem: string): Promise<void> {
  return moved(work, work.request.kind === 'pause'
    ? { to: 'undoing', sentence: problem, problem, hold: { state: 'releasing', observation: 'Being taken back.' } }
    : { to: 'left', sentence: problem, problem, hold: { state: 'draining', observation: problem } });
}

function stopped(work: StepAtWork, sentence: string): Promise<void> {
  return moved(work, work.request.kind === 'pause'
    ? { to: 'undoing', sentence, hold: { state: 'releasing', observation: 'Being taken back.' } }
    : { to: 'left', sentence, hold: { state: 'draining', observation: sentence } });
}

/** A late line of progress must not stand over it. */
async function moved({ engine, operation, step, run }: StepAtWork, change: StepChange): Promise<void> {
  await run.settled(() => moveStep(engine.db, operation, step.position, change, engine.now()));
}

/** @throws FenceLost for what ends this life and says nothing of the channel */
function problemOf(error: unknown, run: OwnRun): string {
  if (error instanceof FenceLost || error instanceof OperationFenceLost || !run.isHeld()) throw new FenceLost();
  return sentenceOf(error);
}
