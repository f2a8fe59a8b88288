/**
 * What an operation over several channels does next, and how it ends. A pause holds all of its channels or none: when a step
 * fails, or somebody stops it, what was held is taken back in reverse order. A release takes nothing back: what is released stays so.
 */
import type { HoldState } from './hold-states';
import type { OperationState } from './operation-states';
import type { StepState } from './step-states';

export type SequenceKind = 'pause' | 'release';

export interface StepStanding {
  position: number;
  hopId: string;
  state: StepState;
  /** Why it could not be done; null where nothing went wrong with it. */
  problem: string | null;
  /** What was last said of it. */
  sentence: string;
}

export type StepMove = { do: 'begin' | 'carry-out' | 'verify' | 'take-back'; position: number } | { do: 'end' };

/** @param steps in order; from their states alone, so that whoever takes the operation over goes on where the other one was */
export function nextMove(kind: SequenceKind, steps: readonly StepStanding[], stopRequested: boolean): StepMove {
  return kind === 'pause' ? nextOfPause(steps, stopRequested) : nextOfRelease(steps, stopRequested);
}

function nextOfPause(steps: readonly StepStanding[], stopRequested: boolean): StepMove {
  if (stopRequested || steps.some(({ state, problem }) => problem !== null || state === 'undoing' || state === 'undone' || state === 'left')) {
    const last = steps.findLast(({ state }) => state === 'running' || state === 'verifying' || state === 'held' || state === 'undoing');
    return last === undefined ? { do: 'end' } : { do: 'take-back', position: last.position };
  }
  const next = steps.find(({ state }) => state !== 'held');
  if (next === undefined) return { do: 'end' };
  return { do: next.state === 'waiting' ? 'begin' : next.state === 'running' ? 'carry-out' : 'verify', position: next.position };
}

function nextOfRelease(steps: readonly StepStanding[], stopRequested: boolean): StepMove {
  // Also when it is being stopped: the connector finishes what is in the air and says how far it came.
  const running = steps.find(({ state }) => state === 'running');
  if (running !== undefined) return { do: 'carry-out', position: running.position };
  const next = steps.find(({ state }) => state === 'waiting');
  const isOver = stopRequested || next === undefined || steps.some(({ state, problem }) => problem !== null || state === 'left');
  return isOver ? { do: 'end' } : { do: 'begin', position: next.position };
}

/** What was measured of the hold of a step when the operation ends. */
export interface HoldStanding {
  position: number;
  state: HoldState;
  observation: string;
}

/**
 * How it ends, in one sentence that names what was done, what was taken back, and what is still held.
 *
 * @param told `stoppedBy`: who asked to stop it; `owner`: who answers for holds that could not be taken back; `holds`: as they stand
 */
export function endOfSteps(
  kind: SequenceKind, steps: readonly StepStanding[], told: { stoppedBy: string | null; owner: string; holds: readonly HoldStanding[] },
): { state: Extract<OperationState, 'done' | 'partly-done' | 'failed' | 'aborted'>; sentence: string } {
  const failed = steps.find(({ problem }) => problem !== null);
  const cause = failed ? `Step ${failed.position} of ${steps.length}, ${failed.hopId}, failed: ${ended(failed.problem ?? '')}` : `${told.stoppedBy ?? 'Somebody'} stopped it.`;
  return kind === 'pause' ? endOfPause(steps, failed, cause, told) : endOfRelease(steps, failed, cause, told.owner);
}

function endOfPause(steps: readonly StepStanding[], failed: StepStanding | undefined, cause: string, { owner, holds }: { owner: string; holds: readonly HoldStanding[] }) {
  if (failed === undefined && steps.every(({ state }) => state === 'held')) {
    const leaking = holds.filter(({ state }) => state !== 'held' && state !== 'draining');
    const names = `${steps.length} channels are held, in this order: ${hops(steps)}.`;
    if (leaking.length > 0) return { state: 'partly-done' as const, sentence: `In place, but not all is verified as held. ${leaking.map(({ position, observation }) => `${hopAt(steps, position)}: ${ended(observation)}`).join(' ')}` };
    const draining = holds.filter(({ state }) => state === 'draining').map(({ position }) => hopAt(steps, position));
    return { state: 'done' as const, sentence: draining.length === 0 ? names : `${names} What was on its way at ${draining.join(', ')} is still being worked off.` };
  }
  const undone = steps.filter(({ state }) => state === 'undone').toReversed();
  const left = steps.filter(({ state }) => state === 'left').toReversed();
  const parts = [
    cause,
    undone.length === 0 ? (left.length === 0 ? 'Nothing was held yet.' : '') : `Taken back, in this order: ${hops(undone)}.`,
    ...left.map(({ hopId, sentence }) => `${hopId} could not be taken back and is still held, ${owner} answers for it: ${ended(sentence)}`),
    notBegun(steps),
  ];
  return { state: failed ? 'failed' as const : 'aborted' as const, sentence: spaced(parts) };
}

function endOfRelease(steps: readonly StepStanding[], failed: StepStanding | undefined, cause: string, owner: string) {
  const released = steps.filter(({ state }) => state === 'released');
  if (released.length === steps.length) return { state: 'done' as const, sentence: `${steps.length} channels are released, in this order: ${hops(steps)}.` };
  const held = steps.filter(({ state }) => state !== 'released');
  const parts = [
    cause, released.length === 0 ? 'Nothing was released.' : `Released: ${hops(released)}.`,
    `Still held, ${owner} answers for it: ${hops(held)}.`,
    ...held.filter(({ state, problem }) => state === 'left' && problem === null).map(({ hopId, sentence }) => `${hopId}: ${ended(sentence)}`),
  ];
  return { state: failed === undefined ? 'aborted' as const : released.length > 0 ? 'partly-done' as const : 'failed' as const, sentence: spaced(parts) };
}

const hops = (steps: readonly StepStanding[]) => steps.map(({ hopId }) => hopId).join(', ');
const hopAt = (steps: readonly StepStanding[], position: number) => steps.find((step) => step.position === position)?.hopId ?? `step ${position}`;
const spaced = (parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');
const ended = (sentence: string) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

function notBegun(steps: readonly StepStanding[]): string {
  const never = steps.filter(({ state }) => state === 'waiting' || state === 'not-begun');
  return never.length === 0 ? '' : `Not begun: ${hops(never)}.`;
}
