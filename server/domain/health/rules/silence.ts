import { total } from '../../latency/histogram';
import { counted, countedWaiting, durationInWords, timeOfDay } from '../words';
import type { Finding, RuleInput } from './finding';

/** Leaves room for receipt, evaluation and refresh within the minute after which a silent feed must be visible. */
const SHORTEST_SILENCE_MS = 40_000;
const USUAL_GAPS = 5;

/**
 * Nothing left the hop for max(40 s, 5 × its usual gap), neither by traces nor by the source's counters. Time in which
 * nobody was listening is not silence.
 */
export function silence({ hop, tap, lastLeftByTap, knownUntil, observingSince, usualGapMs }: RuleInput): Finding | null {
  if (hop.lastLeaveAt === null || usualGapMs === null) return null;
  const lastLeaveAt = Math.max(hop.lastLeaveAt, lastLeftByTap ?? 0);
  const quietMs = knownUntil - Math.max(lastLeaveAt, observingSince ?? 0);
  if (quietMs < Math.max(SHORTEST_SILENCE_MS, USUAL_GAPS * usualGapMs)) return null;
  return {
    rule: 'silence',
    status: 'silent',
    phase: 'active',
    text: `nothing left for ${durationInWords(knownUntil - lastLeaveAt)} (last at ${timeOfDay(lastLeaveAt)}, usual gap ${durationInWords(usualGapMs)}); ${measuredWaiting(tap) ?? whatEntered(hop, knownUntil)}`,
  };
}

function measuredWaiting(tap: RuleInput['tap']): string | null {
  if (tap?.current?.waiting == null || tap.current.waiting === 0n) return null;
  const { waiting, oldestAgeMs } = tap.current;
  return `${countedWaiting(waiting)}${oldestAgeMs === null ? '' : `, the oldest for ${durationInWords(oldestAgeMs)}`}`;
}

/** Tells a stopped consumer (messages pile up) from a feed that stopped before this hop. */
function whatEntered(hop: RuleInput['hop'], knownUntil: number): string {
  const { inFlight, minutes, lastLeaveAt } = hop;
  const waiting = inFlight && inFlight.matched > 0 ? total(inFlight.waitingAge) : 0;
  if (waiting > 0 && inFlight?.oldestWaitingAt != null) return `${counted(waiting, 'message')} entered and ${waiting === 1 ? 'waits' : 'wait'}, the oldest for ${durationInWords(knownUntil - inFlight.oldestWaitingAt)}`;
  const entered = minutes.filter(({ start }) => start > (lastLeaveAt ?? 0)).reduce((sum, minute) => sum + minute.enters, 0);
  return entered > 0 ? `${counted(entered, 'message')} entered since` : 'nothing entered since either';
}
