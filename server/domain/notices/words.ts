/** Words of notices. */
import type { Money } from '../money';

/** E.g. `2026-11-27 14:03 UTC`. */
export function minuteWords(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** E.g. `12 messages of 10 cases, 3400.00 USD`; empty where nothing is counted. */
export function extentWords({ messages, cases, money }: { messages: string | null; cases: number | null; money: readonly Money[] }): string {
  const count = messages === null || messages === '0' ? [] : [`${messages} ${messages === '1' ? 'message' : 'messages'}${cases === null || cases === 0 ? '' : ` of ${cases} ${cases === 1 ? 'case' : 'cases'}`}`];
  return [...count, ...money.map(({ amount, currency }) => `${amount} ${currency}`)].join(', ');
}
