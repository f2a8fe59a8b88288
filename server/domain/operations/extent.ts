/** How much an operation touches: messages, distinct cases, and the amount of each case once. */
import { sumMoney } from '../money';
import { isEnrolled, type Enrolled } from './enrolment';
import type { Extent } from './plan';
import type { CanarySelection } from './request';

export interface Touched {
  messageId: string;
  caseToken: string;
  amount: string;
  currency: string;
  facilityId: string;
  payerId: string;
}

/** @param messages how many there are, where that is known otherwise than by counting `touched`; null: not known */
export function extentOf(touched: readonly Touched[], messages: string | null = String(touched.length), note = ''): Extent {
  const cases = new Map<string, Touched>();
  const withoutCase: Touched[] = [];
  for (const one of touched) {
    if (one.caseToken === '') withoutCase.push(one);
    // An amount counts once per case; the first one seen that has any.
    else if (!cases.has(one.caseToken) || cases.get(one.caseToken)!.amount === '') cases.set(one.caseToken, one);
  }
  const notes = [note, withoutCase.length > 0 ? `${withoutCase.length} of them name no case; their amounts count by themselves.` : ''].filter((text) => text !== '');
  return { messages, cases: cases.size, money: sumMoney([...cases.values(), ...withoutCase]), note: notes.join(' ') };
}

/**
 * What of the waiting messages passes as a canary: the oldest ones that fit, as far as they are known one by one.
 *
 * @param waiting those whose copies are known, newest first
 * @param count how many wait in all; null: not known
 */
export function passingAsCanary<Message extends Touched>(which: CanarySelection, waiting: readonly Message[], count: string | null): { touched: Message[]; messages: string | null } {
  const atMost = which.by === 'count' ? which.count : which.atMost;
  const fitting = waiting.filter(({ payerId, facilityId }) => (which.by === 'count' ? true : which.by === 'payer' ? payerId === which.payer : facilityId === which.facility));
  // Without copies nobody can say whose they are, only how many there can be.
  const known = which.by === 'count' || waiting.length === 0 ? count : String(fitting.length);
  return { touched: fitting.slice(-atMost), messages: known === null || BigInt(known) < BigInt(atMost) ? known : String(atMost) };
}

/**
 * What of the messages that a hold keeps goes along with a reroute that lies over it, as far as they are known one by one.
 *
 * @param whose null: everybody's @param waiting those whose copies are known @param count how many are held in all; null: not known
 */
export function goingAlong<Message extends Touched>(whose: readonly Enrolled[] | null, waiting: readonly Message[], count: string | null): { touched: Message[]; messages: string | null } {
  const touched = waiting.filter(({ payerId, facilityId }) => isEnrolled(whose, { payer: payerId, facility: facilityId }));
  if (whose === null || count === '0') return { touched, messages: count };
  return { touched, messages: String(waiting.length) === count ? String(touched.length) : null };
}

/** The dimensions touched, each once, and how many messages name none. */
export function dimensionsOf(touched: readonly Pick<Touched, 'facilityId' | 'payerId'>[]): { facilities: string[]; payers: string[]; unknownFacility: number; unknownPayer: number } {
  const distinct = (values: readonly string[]) => [...new Set(values.filter((value) => value !== ''))].toSorted();
  return {
    facilities: distinct(touched.map(({ facilityId }) => facilityId)),
    payers: distinct(touched.map(({ payerId }) => payerId)),
    unknownFacility: touched.filter(({ facilityId }) => facilityId === '').length,
    unknownPayer: touched.filter(({ payerId }) => payerId === '').length,
  };
}
