import { growthOf } from '../backlog/counters';
import type { TapReading } from '../backlog/tap-reading';
import { fiveMinutes, MINUTE_MS, sumOf, WINDOW_MINUTES } from '../minutes';
import { counted } from '../words';
import { allowedInWords, statusOfFailures } from './error-budget';
import type { Finding, RuleInput } from './finding';
import { mostlyBecause } from './mostly-because';

/** Messages that the technology gave up on in five minutes, against the error budget: dead-lettered, or rows in error. */
export function deadLetters(input: RuleInput): Finding | null {
  const { tap, slo } = input;
  if (!tap) return null;
  const given = givenUp(tap);
  if (given.count <= 0) return null;
  const left = leftIn(input);
  const all = left === null ? null : left + given.count;
  // Where nothing says how many passed, each one that was given up is news.
  const status = all === null ? 'degraded' : statusOfFailures(given.count, all, slo);
  if (status === null) return null;
  const reasons = tap.facts.failures.map(({ reason, count }) => ({ name: reason, count })).filter(({ name }) => name !== '');
  const share = all === null ? counted(given.count, 'message') : `${given.count.toLocaleString('en-US')} of ${counted(all, 'message')}`;
  return { rule: 'dead-letters', status, phase: 'active', text: `${share} ${given.words} in 5 min${mostlyBecause(reasons, given.count)}; ${allowedInWords(slo)}` };
}

/** How many messages of this hop were given up within five minutes, and in words what became of them. */
export function givenUp({ facts, current, deadLetters: dead }: TapReading): { count: number; words: string } {
  const known = facts.failures.reduce((sum, { count }) => sum + count, 0);
  if (!facts.deadLetters) {
    const more = current ? (growthOf(facts.channel.looks, 'failed', WINDOW_MINUTES * MINUTE_MS)?.count ?? 0) : 0;
    return { count: Math.max(more, known), words: 'went into error' };
  }
  const { hops, knownFailures } = facts.deadLetters;
  const entered = dead?.increase?.count ?? 0;
  // Where several hops share the channel, its counter does not say whose they are; the messages do, where they were seen.
  const count = hops === 1 ? Math.max(entered, known) : knownFailures > 0 ? known : entered;
  return { count, words: `${count === 1 ? 'was' : 'were'} dead-lettered${hops > 1 && knownFailures === 0 ? ` (into a channel of ${hops} hops)` : ''}` };
}

/** 0..1 of the messages of five minutes by the source's own counters; null where they do not say. */
export function shareGivenUp(tap: TapReading): number | null {
  const { count } = givenUp(tap);
  const left = tap.left?.count ?? null;
  return left === null || left + count === 0 ? null : count / (left + count);
}

/** By the source's counters, else by traces; null when neither says. */
function leftIn({ tap, hop, now }: RuleInput): number | null {
  if (tap?.left) return tap.left.count;
  return hop.minutes.length > 0 ? sumOf(fiveMinutes(hop.minutes, now), 'leaves') : null;
}
