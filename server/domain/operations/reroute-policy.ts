/** What the contract says of a reroute besides who must agree: who may go to the alternate, and how it ends; pure. */
import type { FlowContract } from '../contracts/flow-schema';
import { minuteWords } from '../notices/words';
import { enrolledAt, enrolmentWords, isInForce, whoseWords } from './enrolment';
import type { PlanLock } from './plan';
import type { RequestOf } from './request';

type Reroute = RequestOf<'reroute'>;

/** Locks of enrolment: whoever is not enrolled at the alternate would be turned away there, or worse. */
export function rerouteLocks({ spec }: FlowContract, request: Reroute, at: Date): PlanLock[] {
  const alternate = spec.reroute?.alternates?.find(({ id }) => id === request.alternate);
  if (alternate === undefined) return [];
  const name = alternate.name ?? alternate.id;
  const lock = (sentence: string): PlanLock[] => [{ code: 'not-enrolled', sentence }];
  const { enrolled: whole } = alternate;
  if (whole !== undefined && !isInForce(whole, at)) return lock(`Nobody is enrolled at ${name} now: it takes messages from ${whole.from}${whole.until === undefined ? '' : ` until ${whole.until}`}.`);
  if (whole?.until !== undefined && !isInForce(whole, new Date(request.reviewBy))) return lock(`The enrolment at ${name} ends on ${whole.until}, before the reroute does. Choose an earlier end.`);
  const entries = enrolledAt(alternate, at);
  if (entries === null) return [];
  if (entries.length === 0) return lock(`Nobody is enrolled at ${name} now: no entry of its enrolments is in force.`);
  const { only } = request;
  if (only === undefined) return [];
  const fits = entries.some(({ payer, facility }) => (payer === undefined || payer === only.payer) && (facility === undefined || facility === only.facility));
  return fits ? [] : lock(`Messages of ${whoseWords(only) || 'everybody'} are not eligible at ${name}: enrolled there is ${enrolmentWords(alternate, at).join('; ')}. They stay where they are.`);
}

/** What the plan says about who goes and who stays. @param over whether it lies over a hold, which keeps whoever stays */
export function enrolmentSentences({ spec }: FlowContract, request: Reroute, at: Date, over: boolean): { warnings: string[]; willNot: string[] } {
  const alternate = spec.reroute?.alternates?.find(({ id }) => id === request.alternate);
  if (alternate === undefined) return { warnings: [], willNot: [] };
  const entries = enrolledAt(alternate, at) ?? [];
  const name = alternate.name ?? alternate.id;
  const ending = (alternate.enrolments ?? []).filter((entry) => isInForce(entry, at) && !isInForce(entry, new Date(request.reviewBy)));
  return {
    willNot: entries.length === 0 || request.only !== undefined ? [] : [over
      ? `Messages of anybody but ${entries.map(whoseWords).join(', ')} stay held: nobody else is enrolled at ${name}.`
      : `Messages of anybody but ${entries.map(whoseWords).join(', ')} stay with the primary: nobody else is enrolled at ${name}. To keep them back, pause the flow first, then reroute: the reroute lies over the hold then.`],
    warnings: ending.map(({ payer, facility, until }) => `The enrolment of ${whoseWords({ payer, facility })} at ${name} ends on ${until}, before the reroute does.`),
  };
}

/** How the reroute ends, for its plan. @param over whether it lies over a hold, which takes its messages back then */
export function endSentence({ spec }: FlowContract, reviewBy: string, over: boolean): string {
  const at = minuteWords(new Date(reviewBy));
  return spec.reroute?.primaryProbe === undefined
    ? `At ${at} nothing ends by itself: the contract names no probe of the primary (reroute.primaryProbe). Its owner is called.`
    : `At ${at} the primary is probed. If it takes messages again, ${over ? 'the reroute ends and new messages are held with the others until the hold is released' : 'the primary is restored'}; else nothing is changed and the owner is called.`;
}
