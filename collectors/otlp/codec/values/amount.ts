/** What Decimal(18, 4) holds: at most 14 digits before the point and 4 after it. */
const DECIMAL = /^([+-]?)0*(\d{0,14})(?:\.(\d{1,4}))?$/;

/** An amount as the two words of a Decimal(18, 4), which is an Int64 of ten-thousandths. */
export interface AmountWords {
  low: number;
  high: number;
}

/**
 * Reads a decimal text exactly. Returns false, and sets 0, for a text that is not a decimal or does not fit
 * (exponents, grouping signs and more than four places included: rounding money is not a decoder's decision).
 */
export function parseAmount(text: string, out: AmountWords): boolean {
  out.low = out.high = 0;
  const match = DECIMAL.exec(text);
  if (match === null) return false;
  const whole = match[2] ?? '';
  const places = match[3] ?? '';
  if (whole === '' && places === '' && !text.includes('0')) return false;
  const digits = whole + places.padEnd(4, '0');
  // Up to 18 digits in two halves of at most 9, each exact as a number.
  const split = Math.max(0, digits.length - 9);
  const upper = split === 0 ? 0 : Number(digits.slice(0, split));
  const lower = Number(digits.slice(split));
  const scaled = upper * 1e9;
  if (scaled + lower <= Number.MAX_SAFE_INTEGER) setWords(out, (scaled + lower) % 2 ** 32, Math.floor((scaled + lower) / 2 ** 32));
  else setLarge(out, BigInt(digits));
  if (match[1] === '-') negate(out);
  return true;
}

function setWords(out: AmountWords, low: number, high: number): void {
  out.low = low >>> 0;
  out.high = high >>> 0;
}

function setLarge(out: AmountWords, value: bigint): void {
  setWords(out, Number(value & 0xffff_ffffn), Number(value >> 32n));
}

function negate(out: AmountWords): void {
  setWords(out, ~out.low + 1, out.low === 0 ? ~out.high + 1 : ~out.high);
}
