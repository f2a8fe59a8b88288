import type { Extent } from '@/server/domain/operations/plan';
import { formatMoney, type Money } from '../../../_ui/format/money';
import { countOf, formatCount } from '../../../_ui/format/number';

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** `a`, `a and b`, `a, b and 3 more`: names in a sentence, so many of them at most. */
export function named(names: readonly string[], most = 6): string {
  if (names.length <= most) return LIST.format(names);
  return LIST.format([...names.slice(0, most - 1), `${formatCount(names.length - most + 1)} more`]);
}

/** `1,204 messages`; 64-bit counts come as text. */
export function messagesOf(count: string): string {
  return `${formatCount(count)} ${count === '1' ? 'message' : 'messages'}`;
}

export function moneyOf(money: readonly Money[]): string {
  return LIST.format(money.map(formatMoney));
}

/** Messages of which no case is known are not messages of no case. */
export function knownCases({ messages, cases }: Pick<Extent, 'messages' | 'cases'>): number | null {
  return cases === 0 && messages !== '0' ? null : cases;
}

/** `37 messages of 31 cases worth $12,340.00`; what is not known is said, never zero. */
export function extentWords({ messages, money, ...extent }: Extent): string {
  const cases = knownCases({ messages, cases: extent.cases });
  const what = messages === null ? 'an unknown number of messages' : messagesOf(messages);
  const whose = cases === null ? ' of an unknown number of cases' : ` of ${countOf(cases, 'case')}`;
  const worth = money.length === 0 ? '' : ` worth ${moneyOf(money)}`;
  return messages === '0' ? what : `${what}${whose}${worth}`;
}
