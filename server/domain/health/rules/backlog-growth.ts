import type { Look } from '../backlog/tap-facts';
import { MINUTE_MS, WINDOW_MINUTES } from '../minutes';
import { countedWaiting, durationInWords } from '../words';
import type { Finding, RuleInput } from './finding';

/** Of the five minutes so many must have grown, so that a batch that arrives at once is not called growth. */
const GROWING_MINUTES = 4;
const FEWEST_MORE = 20;
/** Standard deviations by which more must have entered than left: equal rates differ by chance as well. */
const SIGNIFICANT = 3;

/** What waits has grown steadily for five minutes by more than chance, although no threshold is reached yet. */
export function backlogGrowth({ tap, slo }: RuleInput): Finding | null {
  if (!tap?.current || tap.current.waiting === null) return null;
  const marks = minuteMarks(tap.facts.channel.looks);
  if (marks.length <= WINDOW_MINUTES) return null;
  const steps = marks.slice(1).map((waiting, i) => waiting - (marks[i] ?? waiting));
  const more = steps.reduce((sum, step) => sum + step, 0);
  const moved = tap.movement ? tap.movement.entered + tap.movement.left : 0;
  if (steps.filter((step) => step > 0).length < GROWING_MINUTES || more < Math.max(FEWEST_MORE, SIGNIFICANT * Math.sqrt(moved))) return null;
  const perMinute = more / WINDOW_MINUTES;
  return { rule: 'backlog-growth', status: 'degraded', phase: 'active', text: `growing by ${Math.round(perMinute)} a minute for 5 min, ${countedWaiting(tap.current.waiting)}${nextThreshold(Number(tap.current.waiting), perMinute, slo.backlogWarn)}` };
}

/** What waited now and at each of the five full minutes before; shorter when a mark of the same epoch is missing. */
function minuteMarks(looks: readonly Look[]): number[] {
  const newest = looks.at(-1);
  if (!newest) return [];
  const marks: number[] = [];
  for (let ago = WINDOW_MINUTES; ago >= 0; ago -= 1) {
    const at = newest.at - ago * MINUTE_MS;
    const mark = looks.findLast((look) => look.at <= at);
    if (mark && mark.at > at - 2 * MINUTE_MS && mark.epoch === newest.epoch && mark.waiting !== null) marks.push(Number(mark.waiting));
  }
  return marks;
}

function nextThreshold(waiting: number, perMinute: number, warn: number | null): string {
  if (warn === null || waiting > warn) return '';
  return `; at this rate the contract's ${warn.toLocaleString('en-US')} are reached in ${durationInWords(((warn - waiting) / perMinute) * MINUTE_MS)}`;
}
