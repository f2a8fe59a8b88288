import { NOT_KNOWN } from './number';

export interface Money {
  /** Decimal as text; never a float. */
  amount: string;
  currency: string;
}

const SCALES = [
  { digits: 13, shift: 12, suffix: ' T' },
  { digits: 10, shift: 9, suffix: ' B' },
  { digits: 7, shift: 6, suffix: ' M' },
] as const;

/** Exact amount with currency and thousands separators: `$1,234.50`, `€1,234.50`, `CHF 1,234.50`. */
export function formatMoney(money: Money | null): string {
  if (money === null) return NOT_KNOWN;
  const { sign, whole, fraction } = parts(money.amount);
  const places = fraction.padEnd(2, '0').replace(/(?<=^\d{2}\d*?)0+$/, '');
  return `${sign}${symbol(money.currency)}${grouped(whole)}.${places}`;
}

/** Short amount for headlines: `$1.84 M`, exact below a million. Digits are cut, not rounded up past the truth. */
export function formatMoneyShort(money: Money | null): string {
  if (money === null) return NOT_KNOWN;
  const { sign, whole } = parts(money.amount);
  const scale = SCALES.find(({ digits }) => whole.length >= digits);
  if (scale === undefined) return formatMoney(money);
  const head = whole.slice(0, -scale.shift);
  const tail = whole.slice(-scale.shift).slice(0, Math.max(0, 3 - head.length));
  return `${sign}${symbol(money.currency)}${grouped(head)}${tail === '' ? '' : `.${tail}`}${scale.suffix}`;
}

function parts(amount: string): { sign: string; whole: string; fraction: string } {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (match === null) throw new Error(`"${amount}" is not a decimal amount`);
  return { sign: match[1] ?? '', whole: match[2]!.replace(/^0+(?=\d)/, ''), fraction: match[3] ?? '' };
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}

function symbol(currency: string): string {
  const text = new Intl.NumberFormat('en-US', { style: 'currency', currency })
    .formatToParts(0)
    .find((part) => part.type === 'currency')?.value;
  return text === undefined || text === currency ? `${currency} ` : text;
}
