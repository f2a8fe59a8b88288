/** Exact sums of amounts with at most four places, as text; never a float. */
import { isDecimalAmount } from './mapping/decimal-amount';

export interface Money {
  amount: string;
  currency: string;
}

const PLACES = 4;

/** @throws RangeError for text that is no decimal with at most four places */
export function toTenThousandths(amount: string): bigint {
  if (!isDecimalAmount(amount)) throw new RangeError('An amount must be a decimal with at most four places.');
  const isNegative = amount.startsWith('-');
  const [whole = '0', places = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole) * 10_000n + BigInt(places.padEnd(PLACES, '0'));
  return isNegative ? -value : value;
}

/** With at least two places, e.g. `1234.50`. */
export function fromTenThousandths(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
  const places = digits.slice(-PLACES).replace(/0{1,2}$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}.${places}`;
}

/** E.g. `275,378.08 USD`, for sentences. */
export function moneyWords({ amount, currency }: Money): string {
  const [whole = '', ...places] = amount.split('.');
  return `${[whole.replace(/\B(?=(\d{3})+$)/g, ','), ...places].join('.')} ${currency}`;
}

/** One sum per currency, in the order of currencies. Amounts without a currency are left out. */
export function sumMoney(amounts: Iterable<Money>): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amount, currency } of amounts) {
    if (currency === '' || amount === '') continue;
    sums.set(currency, (sums.get(currency) ?? 0n) + toTenThousandths(amount));
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => ({ amount: fromTenThousandths(sum), currency }));
}

/** Whether `money` is more than `cap`; another currency than the cap's always is, because it cannot be compared. */
export function exceeds(money: Money, cap: Money): boolean {
  return money.currency !== cap.currency || toTenThousandths(money.amount) > toTenThousandths(cap.amount);
}
