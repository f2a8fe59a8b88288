/** How much an operation touches: messages, distinct cases, and the amount of each case once. */
import { sumMoney } from '../money';
import type { Extent } from './plan';

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
