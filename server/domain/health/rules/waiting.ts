import { countAbove, total } from '../../latency/histogram';
import type { HopFacts, InFlightFacts } from '../flow-facts';
import { counted, durationInWords } from '../words';
import { recoveryOfWaiting } from './recovery-of-waiting';
import type { Finding, RuleInput } from './finding';

/** A sender that dies takes the last spans with it: a few messages then look as if they waited for ever. */
const FEWEST_OVERTAKEN = 5;
const OVERTAKEN_BY = 20;

/** The contract's warn and page thresholds for how many messages wait and how long the oldest has waited, as far as traces show. */
export function waiting({ hop, slo, now }: RuleInput): Finding | null {
  const { inFlight } = hop;
  if (!inFlight || inFlight.matched === 0 || inFlight.oldestWaitingAt === null) return null;
  const count = total(inFlight.waitingAge);
  const ageMs = Math.max(0, now - inFlight.oldestWaitingAt);
  const inEarnest = (limitMs: number | null) => (limitMs !== null && isLeavingUnseen(hop, inFlight, limitMs) ? null : limitMs);
  const found =
    above(ageMs, inEarnest(slo.oldestPageMs), 'failing', 'oldest-waiting-page') ??
    above(count, slo.backlogPage, 'failing', 'backlog-page') ??
    above(ageMs, inEarnest(slo.oldestWarnMs), 'degraded', 'oldest-waiting-warn') ??
    above(count, slo.backlogWarn, 'degraded', 'backlog-warn');
  if (!found) return null;
  const limit = found.rule.startsWith('oldest') ? durationInWords(found.limit) : counted(found.limit, 'message');
  const words = `${counted(count, 'message')} ${count === 1 ? 'waits' : 'wait'}, the oldest for ${durationInWords(ageMs)}; the contract ${found.status === 'failing' ? 'pages' : 'warns'} above ${limit}`;
  const recovery = recoveryOfWaiting(inFlight);
  return recovery === null
    ? { rule: found.rule, status: found.status, phase: 'active', text: words }
    : { rule: found.rule, status: found.status, phase: 'recovering', text: `${recovery}; ${words}` };
}

/** Few messages wait longer than the limit while many that came later have left: their leaving was not reported. */
function isLeavingUnseen({ minutes }: HopFacts, { waitingAge, oldestWaitingAt }: InFlightFacts, limitMs: number): boolean {
  if (countAbove(waitingAge, limitMs) >= FEWEST_OVERTAKEN) return false;
  const leftSince = minutes.filter(({ start }) => start >= (oldestWaitingAt ?? 0)).reduce((sum, { leaves }) => sum + leaves, 0);
  return leftSince >= OVERTAKEN_BY;
}

function above(value: number, limit: number | null, status: 'failing' | 'degraded', rule: string): { status: 'failing' | 'degraded'; rule: string; limit: number } | null {
  return limit !== null && value > limit ? { status, rule, limit } : null;
}
