import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfSteps, nextMove, type SequenceKind, type StepMove, type StepStanding } from './step-sequence';
import { isSettled, stepMayBecome, STEP_STATES, stepStatesBefore, type StepState } from './step-states';

/** `held problem?` per hop, in order. */
function steps(...states: (StepState | [StepState, string])[]): StepStanding[] {
  return states.map((one, index) => {
    const [state, problem] = typeof one === 'string' ? [one, null] : one;
    return { position: index + 1, hopId: ['intake', 'posting', 'payer'][index] ?? `hop-${index + 1}`, state, problem, sentence: problem ?? 'as said' };
  });
}
const at = (act: Exclude<StepMove['do'], 'end'>, position: number): StepMove => ({ do: act, position });
const END: StepMove = { do: 'end' };

describe('the next move of a pause', () => {
  it.each<[string, StepStanding[], boolean, StepMove]>([
    ['begins with the first', steps('waiting', 'waiting'), false, at('begin', 1)],
    ['goes on where a former life was carrying out', steps('running', 'waiting'), false, at('carry-out', 1)],
    ['begins no channel before the one before it holds', steps('verifying', 'waiting'), false, at('verify', 1)],
    ['begins the next when the one before holds', steps('held', 'waiting'), false, at('begin', 2)],
    ['ends when all hold', steps('held', 'held'), false, END],
    ['takes the failed one itself back first, then those before it', steps('held', 'held', ['undoing', 'no']), false, at('take-back', 3)],
    ['takes back in reverse order', steps('held', 'held', ['undone', 'no']), false, at('take-back', 2)],
    ['goes on taking back although one could not be', steps('held', 'left', ['undone', 'no']), false, at('take-back', 1)],
    ['finishes a taking back that was interrupted', steps('held', 'undoing', ['undone', 'no']), false, at('take-back', 2)],
    ['takes back those before one that could not begin', steps('held', ['failed', 'no'], 'waiting'), false, at('take-back', 1)],
    ['ends when all is taken back, and begins nothing more', steps('undone', ['failed', 'no'], 'waiting'), false, END],
    ['takes back what is half done when it is stopped', steps('held', 'running', 'waiting'), true, at('take-back', 2)],
    ['takes back what holds when it is stopped', steps('held', 'waiting'), true, at('take-back', 1)],
    ['ends at once when it is stopped before anything was begun', steps('waiting', 'waiting'), true, END],
    ['goes on taking back in a life that does not know of the stop', steps('held', 'undone', 'waiting'), false, at('take-back', 1)],
  ])('%s', (_, standing, stopped, move) => {
    expect(nextMove('pause', standing, stopped)).toEqual(move);
  });
});

describe('the next move of a release', () => {
  it.each<[string, StepStanding[], boolean, StepMove]>([
    ['begins with the first', steps('waiting', 'waiting'), false, at('begin', 1)],
    ['lets a running one finish also when it is stopped', steps('running', 'waiting'), true, at('carry-out', 1)],
    ['goes on with the next', steps('released', 'waiting'), false, at('begin', 2)],
    ['takes nothing back and begins nothing more after a failure', steps('released', ['left', 'no'], 'waiting'), false, END],
    ['begins nothing more after one that could not begin', steps('released', ['failed', 'no'], 'waiting'), false, END],
    ['begins nothing more when it is stopped', steps('released', 'waiting'), true, END],
    ['ends when all are released', steps('released', 'released'), false, END],
  ])('%s', (_, standing, stopped, move) => {
    expect(nextMove('release', standing, stopped)).toEqual(move);
  });
});

/** What the world does with a move, by chance. */
function apply(kind: SequenceKind, all: StepStanding[], move: Exclude<StepMove, { do: 'end' }>, goesWell: boolean): StepStanding[] {
  const to = (state: StepState, problem: string | null = null) => all.map((step) => {
    if (step.position !== move.position) return step;
    expect(stepMayBecome(step.state, state), `${step.state} → ${state}`).toBe(true);
    return { ...step, state, problem: problem ?? step.problem };
  });
  const { state } = all.find(({ position }) => position === move.position)!;
  switch (move.do) {
    case 'begin': return goesWell ? to('running') : to('failed', 'no');
    case 'carry-out': return goesWell ? to(kind === 'pause' ? 'verifying' : 'released') : kind === 'pause' ? to('undoing', 'no') : to('left', 'no');
    case 'verify': return goesWell ? to('held') : to('undoing', 'no');
    case 'take-back': return state === 'undoing' ? to(goesWell ? 'undone' : 'left') : to('undoing');
  }
}

it('comes to an end whatever goes wrong, holds one channel at a time in order, and leaves nothing held that it does not name', () => {
  fc.assert(fc.property(fc.constantFrom<SequenceKind>('pause', 'release'), fc.integer({ min: 2, max: 8 }), fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.option(fc.nat(30)), (kind, count, luck, stopsAt) => {
    let all = steps(...Array.from({ length: count }, (): StepState => 'waiting'));
    const begun: number[] = [];
    const takenBack: number[] = [];
    let turn = 0;
    for (;; turn++) {
      expect(turn).toBeLessThan(40);
      const move = nextMove(kind, all, stopsAt !== null && turn >= stopsAt);
      if (move.do === 'end') break;
      if (move.do === 'begin') {
        begun.push(move.position);
        if (kind === 'pause') expect(all.slice(0, move.position - 1).every(({ state }) => state === 'held')).toBe(true);
      }
      const former = all.find(({ position }) => position === move.position)!.state;
      all = apply(kind, all, move, luck[turn]!);
      if (move.do === 'take-back' && former === 'undoing') takenBack.push(move.position);
    }
    expect(begun).toEqual(begun.map((_, index) => index + 1));
    expect(takenBack).toEqual(takenBack.toSorted((a, b) => b - a));
    const { state, sentence } = endOfSteps(kind, all, { stoppedBy: 'user:nora@hospital.example', owner: 'user:nora@hospital.example', holds: [] });
    if (kind === 'pause') {
      const stillHeld = all.filter((step) => step.state === 'held' || step.state === 'left');
      if (state === 'done') expect(stillHeld).toHaveLength(count);
      else for (const { hopId } of stillHeld) expect(sentence).toContain(`${hopId} could not be taken back and is still held, user:nora@hospital.example answers for it`);
    } else if (state !== 'done') {
      expect(/answers for it: ([^.]*)\./.exec(sentence)?.[1]?.split(', ')).toEqual(all.filter((step) => step.state !== 'released').map(({ hopId }) => hopId));
    }
  }), { numRuns: 500 });
});

describe('how it ends', () => {
  const told = { stoppedBy: null, owner: 'user:nora@hospital.example', holds: [] };

  it.each<[string, SequenceKind, StepStanding[], Partial<Parameters<typeof endOfSteps>[2]>, { state: string; sentence: string }]>([
    ['held', 'pause', steps('held', 'held'), {}, { state: 'done', sentence: '2 channels are held, in this order: intake, posting.' }],
    ['draining', 'pause', steps('held', 'held'), { holds: [{ position: 1, state: 'draining', observation: '3 wait' }, { position: 2, state: 'held', observation: 'ok' }] },
      { state: 'done', sentence: '2 channels are held, in this order: intake, posting. What was on its way at intake is still being worked off.' }],
    ['one that leaks by now', 'pause', steps('held', 'held'), { holds: [{ position: 1, state: 'leaking', observation: 'The binding is back.' }] },
      { state: 'partly-done', sentence: 'In place, but not all is verified as held. intake: The binding is back.' }],
    ['a failed step', 'pause', steps('undone', ['undone', 'The queue is gone'], 'waiting'), {},
      { state: 'failed', sentence: 'Step 2 of 3, posting, failed: The queue is gone. Taken back, in this order: posting, intake. Not begun: payer.' }],
    ['one that could not be taken back', 'pause', [{ ...steps('left')[0]!, sentence: 'Access refused' }, ...steps('undone', ['failed', 'Locked.']).slice(1)], {},
      { state: 'failed', sentence: 'Step 2 of 2, posting, failed: Locked. intake could not be taken back and is still held, user:nora@hospital.example answers for it: Access refused.' }],
    ['stopped', 'pause', steps('undone', 'waiting'), { stoppedBy: 'user:omar@hospital.example' }, { state: 'aborted', sentence: 'user:omar@hospital.example stopped it. Taken back, in this order: intake. Not begun: posting.' }],
    ['failed before anything', 'pause', steps(['failed', 'Locked.'], 'waiting'), {}, { state: 'failed', sentence: 'Step 1 of 2, intake, failed: Locked. Nothing was held yet. Not begun: posting.' }],
    ['released', 'release', steps('released', 'released'), {}, { state: 'done', sentence: '2 channels are released, in this order: intake, posting.' }],
    ['half released', 'release', steps('released', ['left', 'The gate is closed by somebody else.'], 'waiting'), {},
      { state: 'partly-done', sentence: 'Step 2 of 3, posting, failed: The gate is closed by somebody else. Released: intake. Still held, user:nora@hospital.example answers for it: posting, payer.' }],
    ['not released', 'release', steps(['failed', 'Locked.'], 'waiting'), {}, { state: 'failed', sentence: 'Step 1 of 2, intake, failed: Locked. Nothing was released. Still held, user:nora@hospital.example answers for it: intake, posting.' }],
    ['a release that was stopped', 'release', [{ ...steps('left')[0]!, sentence: 'Stopped after 40' }, ...steps('left', 'waiting').slice(1)], { stoppedBy: 'user:omar@hospital.example' },
      { state: 'aborted', sentence: 'user:omar@hospital.example stopped it. Nothing was released. Still held, user:nora@hospital.example answers for it: intake, posting. intake: Stopped after 40.' }],
  ])('%s', (_, kind, standing, more, ending) => {
    expect(endOfSteps(kind, standing, { ...told, ...more })).toEqual(ending);
  });
});

it('never begins a step twice, and gives up what is held only by taking it back', () => {
  expect(stepStatesBefore('running')).toEqual(['waiting']);
  expect(STEP_STATES.filter((to) => stepMayBecome('held', to))).toEqual(['undoing']);
  for (const state of STEP_STATES) if (stepMayBecome(state, 'undone')) expect(state).toBe('undoing');
  expect(STEP_STATES.filter(isSettled)).toEqual(['held', 'failed', 'undone', 'left', 'released', 'not-begun']);
});
