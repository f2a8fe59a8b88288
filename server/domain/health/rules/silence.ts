import { total } from '../../latency/histogram';
import { counted, durationInWords, timeOfDay } from '../words';
import type { Finding, RuleInput } from './finding';

/** Leaves room for receipt, evaluation and refresh within the minute after which a silent feed must be visible. */
const SHORTEST_SILENCE_MS = 40_000;
const USUAL_GAPS = 5;

/** Nothing left the hop for max(40 s, 5 × its usual gap). Time in which nobody was listening is not silence. */
export function silence({ hop, knownUntil, observingSince, usualGapMs }: RuleInput): Finding | null {
  if (hop.lastLeaveAt === null || usualGapMs === null) return null;
  const quietMs = knownUntil - Math.max(hop.lastLeaveAt, observingSince ?? 0);
  if (quietMs < Math.max(SHORTEST_SILENCE_MS, USUAL_GAPS * usualGapMs)) return null;
  const sinceLastMs = knownUntil - hop.lastLeaveAt;
  return {
    rule: 'silence',
    status: 'silent',
    phase: 'active',
    text: `nothing left for ${durationInWords(sinceLastMs)} (last at ${timeOfDay(hop.lastLeaveAt)}, usual gap ${durationInWords(usualGapMs)}); ${whatEntered(hop, knownUntil)}`,
  };
}

/** Tells a stopped consumer (messages pile up) from a feed that stopped before this hop. */
function whatEntered(hop: RuleInput['hop'], knownUntil: number): string {
  const { inFlight, minutes, lastLeaveAt } = hop;
  const waiting = inFlight && inFlight.matched > 0 ? total(inFlight.waitingAge) : 0;
  if (waiting > 0 && inFlight?.oldestWaitingAt != null) return `${counted(waiting, 'message')} entered and ${waiting === 1 ? 'waits' : 'wait'}, the oldest for ${durationInWords(knownUntil - inFlight.oldestWaitingAt)}`;
  const entered = minutes.filter(({ start }) => start > (lastLeaveAt ?? 0)).reduce((sum, minute) => sum + minute.enters, 0);
  return entered > 0 ? `${counted(entered, 'message')} entered since` : 'nothing entered since either';
}
