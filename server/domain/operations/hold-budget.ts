/** Until when a hold does no harm: the earliest of what the source and the contract set. */
import type { FlowContract } from '../contracts/flow-schema';
import { durationMs } from '../contracts/iso-duration';
import { durationInWords } from '../health/words';
import { minuteWords } from '../notices/words';
import type { HoldLimit } from './plan';

export interface HoldBudget {
  earliest: HoldLimit | null;
  /** Earliest first; those without an instant last. */
  limits: HoldLimit[];
}

/** A message that waits, as far as it is known. */
export interface Waiting {
  caseToken: string;
  /** When it was seen to be sent, in epoch milliseconds. */
  seenMs: number;
}

/**
 * @param ofSource what the connector found: times to live, length limits, alarms
 * @param told `waiting`: the messages that the hold reaches, as far as they are known
 */
export function holdBudgetOf(flow: FlowContract, ofSource: readonly HoldLimit[], told: { reviewBy: string; now: Date; waiting: readonly Waiting[] }): HoldBudget {
  const { deadline } = flow.spec.slo ?? {};
  const limits: HoldLimit[] = [
    ...ofSource,
    { what: 'review', at: told.reviewBy, sentence: 'Somebody has to decide anew.' },
    ...(deadline === undefined ? [] : [deadlineLimit(deadline, told)]),
  ];
  const sorted = limits.toSorted((a, b) => order(a) - order(b));
  return { earliest: sorted.find(({ at }) => at !== null) ?? null, limits: sorted };
}

/** When the first message is late, and how many cases are by the time that somebody looks again. */
function deadlineLimit(deadline: string, { reviewBy, now, waiting }: { reviewBy: string; now: Date; waiting: readonly Waiting[] }): HoldLimit {
  const withinMs = durationMs(deadline);
  const what = 'deadline of the contract';
  if (waiting.length === 0) return { what, at: new Date(now.getTime() + withinMs).toISOString(), sentence: `Messages have to arrive within ${durationInWords(withinMs)} of when they were sent. That is when the first one that comes in from now on is late; of those that wait already the age is not known.` };
  const oldestMs = Math.min(...waiting.map(({ seenMs }) => seenMs));
  const late = new Set(waiting.filter(({ seenMs }) => seenMs + withinMs <= Date.parse(reviewBy)).map(({ caseToken }, index) => (caseToken === '' ? index : caseToken)));
  const known = new Set(waiting.map(({ caseToken }, index) => (caseToken === '' ? index : caseToken)));
  return {
    what, at: new Date(oldestMs + withinMs).toISOString(),
    sentence: `Messages have to arrive within ${durationInWords(withinMs)} of when they were sent, and the oldest that is known to wait was sent at ${minuteWords(new Date(oldestMs))}. ${late.size === 0 ? 'None of the known cases is' : `${late.size} of ${known.size} known ${known.size === 1 ? 'case' : 'cases'} ${late.size === 1 ? 'is' : 'are'}`} late before the review.`,
  };
}

function order({ at }: HoldLimit): number {
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}
