/** Amounts stay text from end to end: what the sender wrote is what is stored, or it is refused. */

const ZERO = 48;
const NINE = 57;

/**
 * Whether a text is a decimal that Decimal(18, 4) holds exactly: an optional minus, 1 to 14 digits, and at most four
 * decimal places. No exponent, no grouping, no rounding. Scans without allocating.
 */
export function isDecimalAmount(text: string): boolean {
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const whole = digitsFrom(text, at);
  if (whole === 0 || whole > 14) return false;
  at += whole;
  if (at === text.length) return true;
  if (text.charCodeAt(at) !== 46) return false;
  const places = digitsFrom(text, at + 1);
  return places > 0 && places <= 4 && at + 1 + places === text.length;
}

function digitsFrom(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) break;
    at++;
  }
  return at - start;
}
