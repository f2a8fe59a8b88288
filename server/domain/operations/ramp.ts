/** A release in growing steps: how large each is, what is watched after it, and whether the next one may go. */
import type { FlowContract } from '../contracts/flow-schema';
import type { ItemState } from './item-states';
import { outcomeStages, type OutcomeStage } from './outcome';

/** Shares of what waited at the beginning that have gone when a step ends, in percent; each is watched before the next. */
const WATCHED_PERCENT = [1, 10] as const;
/** The largest step that is sent message by message, as a canary is. */
export const MOST_WATCHED = 10_000;
const DEFAULT_QUIET_SECONDS = 60;

/** As it is asked for: what is left out is the contract's business result, or a minute without new failures. */
export interface RampRequest {
  stage?: string | undefined;
  quietSeconds?: number | undefined;
  tolerate: number;
}

/** What decides after each step. */
export type RampWatch =
  /** Every message of the step is seen at this stage of the contract; `stages` are those up to it, the last one is the business result. */
  | { for: 'stage'; stage: string; withinMs: number; stages: OutcomeStage[]; isLast: boolean }
  /** The contract names no outcome: no message of the step fails again for so long after all were worked off. */
  | { for: 'quiet'; seconds: number };

/** The terms of a ramp under the contract in force, or which field of the request is wrong and why. */
export function rampWatch(asked: RampRequest, flow: FlowContract): { watch: RampWatch } | { field: 'stage' | 'quietSeconds'; problem: string } {
  const stages = outcomeStages(flow);
  if (stages.length === 0) {
    return asked.stage === undefined
      ? { watch: { for: 'quiet', seconds: asked.quietSeconds ?? DEFAULT_QUIET_SECONDS } }
      : { field: 'stage', problem: `the contract of ${flow.metadata.id} names no outcome stage; leave it out, and say for how many seconds nothing may fail` };
  }
  const names = stages.map(({ name }) => name);
  if (asked.quietSeconds !== undefined) return { field: 'quietSeconds', problem: `the contract of ${flow.metadata.id} names outcomes to look for (${names.join(', ')}); choose one of them instead` };
  const at = asked.stage === undefined ? stages.length - 1 : names.indexOf(asked.stage);
  const chosen = stages[at];
  if (chosen === undefined) return { field: 'stage', problem: `"${asked.stage}" is no outcome stage of ${flow.metadata.id} in its contract; it has ${names.join(', ')}` };
  return { watch: { for: 'stage', stage: chosen.name, withinMs: chosen.withinMs, stages: stages.slice(0, at + 1), isLast: at === stages.length - 1 } };
}

export interface RampStep {
  /** Of what waited at the beginning; how much has gone when the step ends. */
  percent: number;
  /** How many go in this step; null: all that is left, and the hold ends. */
  messages: number | null;
}

/** @param waiting how many messages waited when the ramp began */
export function rampSteps(waiting: number): RampStep[] {
  const steps: RampStep[] = [];
  let gone = 0;
  for (const percent of WATCHED_PERCENT) {
    const upTo = Math.max(1, Math.ceil((waiting * percent) / 100));
    const messages = Math.min(upTo - gone, MOST_WATCHED);
    if (messages <= 0) continue;
    steps.push({ percent, messages });
    gone += messages;
  }
  return [...steps, { percent: 100, messages: null }];
}

/** What became of the messages of a step so far. */
export interface StepTally {
  /** Seen where it is looked for, or quiet for long enough. */
  passed: number;
  /** Failed again, refused, or without a result in time. */
  bad: number;
  /** Nothing is known yet. */
  open: number;
}

/**
 * @param inStage of items that are `sent`: how many of them were seen at the stage of the ramp, which need not be the last
 * @param sentIsGood nothing more is awaited of what was sent
 */
export function tallyOf(items: Partial<Record<ItemState, number>>, told: { inStage: number; sentIsGood: boolean }): StepTally {
  const n = (state: ItemState) => items[state] ?? 0;
  const passed = n('confirmed') + n('duplicate-suppressed') + (told.sentIsGood ? n('sent') : told.inStage);
  return {
    passed, bad: n('rejected') + n('unknown') + n('skipped'),
    open: n('pending') + n('sending') + n('sent') - (told.sentIsGood ? n('sent') : told.inStage),
  };
}

/** More bad ones than are tolerated end it at once; else it waits until nothing is open. */
export function judgeStep({ bad, open }: StepTally, tolerance: { badBefore: number; tolerate: number }): 'wait' | 'go-on' | 'stop' {
  if (bad + tolerance.badBefore > tolerance.tolerate) return 'stop';
  return open > 0 ? 'wait' : 'go-on';
}

export const SHOWN_STEP_STATES = ['ahead', 'sending', 'watching', 'passed', 'stopped'] as const;

/** A step as its page shows it. */
export interface ShownStep {
  percent: number;
  messages: number | null;
  state: (typeof SHOWN_STEP_STATES)[number];
  sentence: string;
}

export function stepWords({ percent, messages }: RampStep): string {
  if (messages === null) return 'the rest';
  if (messages === MOST_WATCHED) return `${messages} messages (of ${percent} % the most that is watched one by one)`;
  return `${percent} % (${messages} ${messages === 1 ? 'message' : 'messages'})`;
}

/** What is awaited after a step, as a part of a sentence. */
export function watchWords(watch: RampWatch): string {
  return watch.for === 'stage'
    ? `every one of them has been seen at "${watch.stage}"`
    : `they are worked off and none of them has failed again for ${watch.seconds} s`;
}

/** How long the watched steps take at least, in seconds. */
export function leastSeconds(steps: readonly RampStep[], watch: RampWatch): number {
  return watch.for === 'quiet' ? (steps.length - 1) * watch.seconds : 0;
}
