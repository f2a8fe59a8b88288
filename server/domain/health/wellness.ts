import { fiveMinutes, sumOf } from './minutes';
import type { ObservedHop } from './observed-hop';
import { givenUp } from './rules/dead-letters';
import { counted, countedWaiting, durationInWords } from './words';

/** Why a hop is well, in numbers, and what of it is not known. */
export function wellness(observed: ObservedHop, now: number): string {
  const { hop, tap, isToldByTap, lastLeaveBySpan } = observed;
  if (isToldByTap) return `${movedInWords(observed)}${givenUpInWords(observed)}${lastLeaveBySpan === null ? '' : `; no spans of it for ${durationInWords(now - lastLeaveBySpan)}`}`;
  const window = fiveMinutes(hop.minutes, now);
  const failed = sumOf(window, 'failedAttempts');
  const left = sumOf(window, 'leaves');
  const unseen = left === 0 && tap?.left && tap.left.count > 0
    ? `, though ${counted(tap.left.count, 'message')} did by the counters of ${tap.facts.source.name}: their spans are missing` : '';
  return `${counted(left, 'message')} left in 5 min, ${failed === 0 ? 'none' : failed} failed${unseen}${givenUpInWords(observed)}${tap?.problem ? `; what waits is not known: ${tap.problem}` : ''}`;
}

function movedInWords({ tap }: ObservedHop): string {
  const waiting = tap?.current?.waiting ?? 0n;
  const rest = waiting === 0n ? 'nothing waits' : countedWaiting(waiting);
  if (!tap?.left) return rest;
  return `${counted(tap.left.count, 'message')} left in 5 min, ${rest}`;
}

function givenUpInWords({ tap }: ObservedHop): string {
  const given = tap ? givenUp(tap) : null;
  return given && given.count > 0 ? `; ${given.count.toLocaleString('en-US')} ${given.words}` : '';
}
