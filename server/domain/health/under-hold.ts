/** What a hold of ours explains is no trouble of the flow: it reads as held, with what the hold's last measurement said. */
import type { HoldMethod } from '../operations/kinds';
import { METHOD_WORDS } from '../operations/kinds';
import { HOLD_STATE_WORDS, UNVERIFIED_AFTER_MS, type HoldState } from '../operations/hold-states';
import { actorInWords } from '../roles/actor';
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

/** Rules that fire because messages wait or do not arrive: that is what a hold is for. Alarms are not explained by it. */
const EXPLAINED = ['none', 'silence', 'no-consumer', 'no-leave-yet', 'no-history', 'waiting', 'oldest-waiting', 'backlog', 'latency', 'lateness'];
/** Rules that look five minutes back, where a hold has stopped what they report. */
const FAILURES = ['error-rate', 'dead-letters'];
/** Without a failed attempt for so long, what fails does so no more: messages on their way to another try come back within it. */
const QUIET_MS = 35_000;

export function isExplainedByHold(rule: string): boolean {
  return EXPLAINED.some((known) => rule === known || rule.startsWith(`${known}-`));
}

/**
 * The health of a flow that is held. Failures keep it failing until the hold has stopped them, and stay in the reason for as
 * long as the rules see them.
 *
 * @param lastFailureAt of the newest failed attempt on any hop, Unix milliseconds; null where none is known
 * @param now Unix milliseconds
 */
export function underHold(evaluation: FlowEvaluation, hold: FlowHold | null, previous: PreviousEvaluation | null, lastFailureAt: number | null, now: number): FlowEvaluation {
  if (hold === null) return evaluation;
  const failures = isExplainedByHold(evaluation.rule) ? '' : failuresBefore(evaluation, hold, lastFailureAt, now);
  if (failures === null) return evaluation;
  const sinceVerified = now - (hold.verifiedAt ?? hold.since);
  // A hold that does not hold explains nothing away: messages pass, or are lost.
  const isLeaking = hold.state === 'leaking';
  const status = isLeaking ? 'degraded' : 'held';
  const state = sinceVerified > UNVERIFIED_AFTER_MS ? `unverified for ${durationInWords(sinceVerified)}` : HOLD_STATE_WORDS[hold.state];
  return {
    ...evaluation, status, phase: 'active', rule: isLeaking ? 'hold-leaking' : 'hold',
    reason: `${state}: ${METHOD_WORDS[hold.method].name.toLowerCase()}, for ${durationInWords(now - hold.since)}, by ${actorInWords(hold.owner)}. ${hold.observation}${failures}`.trim(),
    since: previous?.status === status ? Math.min(previous.since, now) : now,
  };
}

/** What failed before a hold stopped it, in words; null where it is not known that it has stopped. */
function failuresBefore({ rule, reason }: FlowEvaluation, { state }: FlowHold, lastFailureAt: number | null, now: number): string | null {
  if (!FAILURES.includes(rule) || (state !== 'held' && state !== 'releasing') || lastFailureAt === null) return null;
  const quiet = now - lastFailureAt;
  return quiet < QUIET_MS ? null : ` No attempt has failed for ${durationInWords(quiet)}; before that: ${reason.replace(/^recovering: /, '')}`;
}
