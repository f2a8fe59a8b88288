const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
/** Every integer with fewer digits is exact as a JavaScript number. */
const MOST_SAFE_DIGITS = 15;
const LONG_INTEGER = /[:[,\s]-?\d{16}/;

/**
 * Puts integers of 16 and more digits in quotes, so that `JSON.parse` keeps all their digits. OTLP/JSON and
 * brokers write 64-bit integers as numbers, and `JSON.parse` rounds a number above 2^53 before anybody can see it.
 */
export function quoteLongIntegers(json: string): string {
  if (!LONG_INTEGER.test(json)) return json;
  const parts: string[] = [];
  let copied = 0;
  let pos = 0;
  while (pos < json.length) {
    const unit = json.charCodeAt(pos);
    if (unit === QUOTE) {
      pos = stringEnd(json, pos + 1);
    } else if (unit === MINUS || isDigit(unit)) {
      const start = pos++;
      while (isNumberPart(json.charCodeAt(pos))) pos++;
      const literal = json.slice(start, pos);
      if (literal.length > MOST_SAFE_DIGITS && /^-?\d+$/.test(literal)) {
        parts.push(json.slice(copied, start), `"${literal}"`);
        copied = pos;
      }
    } else {
      pos++;
    }
  }
  parts.push(json.slice(copied));
  return parts.join('');
}

/** The position after the quote that ends a string. */
function stringEnd(json: string, start: number): number {
  for (let pos = start; pos < json.length; pos++) {
    const unit = json.charCodeAt(pos);
    if (unit === BACKSLASH) pos++;
    else if (unit === QUOTE) return pos + 1;
  }
  return json.length;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Digits, sign, point and exponent. */
function isNumberPart(unit: number): boolean {
  return isDigit(unit) || unit === 0x2b || unit === MINUS || unit === 0x2e || unit === 0x45 || unit === 0x65;
}
