/** What a hold of ours explains is no trouble of the flow: it reads as held, with what the hold's last measurement said. */
import type { HoldMethod } from '../operations/kinds';
import { METHOD_WORDS } from '../operations/kinds';
import { HOLD_STATE_WORDS, UNVERIFIED_AFTER_MS, type HoldState } from '../operations/hold-states';
import type { FlowEvaluation, PreviousEvaluation } from './evaluate-flow-health';
import { durationInWords } from './words';

export interface FlowHold {
  state: HoldState;
  method: HoldMethod;
  owner: string;
  observation: string;
  /** Unix milliseconds. */
  since: number;
  verifiedAt: number | null;
}

/** Rules that fire because messages wait or do not arrive: that is what a hold is for. Alarms, errors and dead letters are not. */
const EXPLAINED = ['none', 'silence', 'no-consumer', 'no-leave-yet', 'no-history', 'waiting', 'oldest-waiting', 'backlog', 'latency', 'lateness'];

export function isExplainedByHold(rule: string): boolean {
  return EXPLAINED.some((known) => rule === known || rule.startsWith(`${known}-`));
}

/** @param now Unix milliseconds */
export function underHold(evaluation: FlowEvaluation, hold: FlowHold | null, previous: PreviousEvaluation | null, now: number): FlowEvaluation {
  if (hold === null || !isExplainedByHold(evaluation.rule)) return evaluation;
  const sinceVerified = now - (hold.verifiedAt ?? hold.since);
  const state = sinceVerified > UNVERIFIED_AFTER_MS ? `unverified for ${durationInWords(sinceVerified)}` : HOLD_STATE_WORDS[hold.state];
  return {
    ...evaluation, status: 'held', phase: 'active', rule: 'hold',
    reason: `${state}: ${METHOD_WORDS[hold.method].name.toLowerCase()}, for ${durationInWords(now - hold.since)}, by ${hold.owner}. ${hold.observation}`.trim(),
    since: previous?.status === 'held' ? Math.min(previous.since, now) : now,
  };
}
