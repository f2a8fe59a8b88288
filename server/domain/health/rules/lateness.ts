import { countAbove, merge, quantileMs, total } from '../../latency/histogram';
import type { TapReading } from '../backlog/tap-reading';
import type { InFlightFacts } from '../flow-facts';
import { fiveMinutes, MINUTE_MS } from '../minutes';
import { counted, durationInWords } from '../words';
import { recoveryOfWaiting } from './recovery-of-waiting';
import type { Finding, RuleInput } from './finding';

const LATE_MINUTES = 3;
/** p95 means that 5 % may be late; twice that within one minute is a warning at once. */
const LATE_SHARE = 0.1;
const FEWEST_LATE = 3;
/** A message that waits longer than this beyond the limit is the business of the backlog thresholds, or lost. */
const RECENTLY_LATE_MS = 5 * MINUTE_MS;

/**
 * Latency of a hop above the contract's p95: in three of five minutes, or clearly within the last minute. The latter
 * counts messages that are still waiting and already late, so a flow that suddenly slows shows before they have left.
 */
export function lateness(input: RuleInput): Finding | null {
  const limitMs = input.slo.latencyP95Ms;
  if (limitMs === null) return null;
  const text = lateMinutes(input, limitMs) ?? lateNow(input, limitMs);
  if (text === null) return null;
  const recovery = recoveryFromLateness(input, limitMs);
  return recovery === null
    ? { rule: text.rule, status: 'degraded', phase: 'active', text: text.words }
    : { rule: text.rule, status: 'degraded', phase: 'recovering', text: `${recovery}; ${text.words}` };
}

function lateMinutes({ hop, now }: RuleInput, limitMs: number): { rule: string; words: string } | null {
  const minutes = fiveMinutes(hop.minutes, now).flatMap(({ latency }) => (latency && total(latency) > 0 ? [latency] : []));
  const late = minutes.filter((latency) => quantileMs(latency, 0.95)! > limitMs && countAbove(latency, limitMs) > 0).length;
  if (late < LATE_MINUTES) return null;
  const p95 = quantileMs(merge(minutes), 0.95)!;
  return { rule: 'latency-p95', words: `latency p95 ${durationInWords(p95)} in 5 min, above the contract's ${durationInWords(limitMs)} in ${late} of 5 minutes` };
}

function lateNow({ hop, tap }: RuleInput, limitMs: number): { rule: string; words: string } | null {
  if (!hop.inFlight || hop.inFlight.matched === 0) return null;
  const left = total(hop.inFlight.lastMinute.latency);
  const leftLate = countAbove(hop.inFlight.lastMinute.latency, limitMs);
  const waitingLate = lateAndWaiting(hop.inFlight, tap, limitMs);
  const late = leftLate + waitingLate;
  const all = left + waitingLate;
  if (late < FEWEST_LATE || late / all <= LATE_SHARE) return null;
  const waiting = waitingLate > 0 ? `, ${waitingLate} of them still waiting` : '';
  const stopped = waitingLate > 0 && hop.inFlight.lastHalfMinute.leaves === 0 ? '; none left in the last 30 s' : '';
  return { rule: 'latency-now', words: `${late} of ${counted(all, 'message')} in the last 60 s took longer than the contract's p95 of ${durationInWords(limitMs)}${waiting}${stopped}` };
}

function recoveryFromLateness({ hop, tap, now }: RuleInput, limitMs: number): string | null {
  const { inFlight } = hop;
  if (!inFlight) return null;
  const draining = recoveryOfWaiting(inFlight);
  if (draining !== null) return draining;
  if (lateAndWaiting(inFlight, tap, limitMs) > 0) return null;
  const recent = inFlight.lastHalfMinute.latency;
  if (total(recent) > 0) {
    return countAbove(recent, limitMs) / total(recent) <= 0.05 ? `in time again for 30 s (p95 ${durationInWords(quantileMs(recent, 0.95)!)})` : null;
  }
  const lastMinute = fiveMinutes(hop.minutes, now).findLast(({ latency }) => latency !== null && total(latency) > 0)?.latency;
  return lastMinute && countAbove(lastMinute, limitMs) === 0 ? 'the last messages were in time again' : null;
}

/**
 * Messages that wait and are late already, as traces show them; never more than the channel itself holds. A message that
 * was dead-lettered, or lost with its broker, leaves no trace of having left.
 */
function lateAndWaiting(inFlight: InFlightFacts, tap: TapReading | null, limitMs: number): number {
  if (inFlight.matched === 0) return 0;
  const traced = countAbove(inFlight.waitingAge, limitMs) - countAbove(inFlight.waitingAge, limitMs + RECENTLY_LATE_MS);
  return Math.min(traced, heldByChannel(tap) ?? traced);
}

function heldByChannel(tap: TapReading | null): number | null {
  const look = tap?.current;
  if (!look || look.waiting === null) return null;
  return Number(look.waiting + (look.inFlight ?? 0n) + (look.failed ?? 0n) + (look.held ?? 0n));
}
