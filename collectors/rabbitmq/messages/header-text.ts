/** Header values as text. AMQP knows integers, decimals, tables, arrays and bytes; contracts read text. */

/** Stands in decoded text where bytes were no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** @returns undefined where there is nothing, null where there is something that has no exact form as text */
export function headerText(value: unknown): string | null | undefined {
  switch (typeof value) {
    case 'undefined': return undefined;
    case 'string': return value.includes(REPLACEMENT) ? null : value;
    case 'boolean': return String(value);
    // Fractions are binary here and 64-bit integers rounded: neither is what was sent.
    case 'number': return Number.isSafeInteger(value) ? String(value) : null;
    case 'object': return value === null ? undefined : taggedText(value as Record<string, unknown>);
    default: return null;
  }
}

/** The client library marks timestamps and decimals with their type under `!`. */
function taggedText(tagged: Record<string, unknown>): string | null {
  if (tagged['!'] === 'timestamp') {
    const ms = amqpInstant(tagged['value']);
    return ms === null ? null : new Date(ms).toISOString();
  }
  return tagged['!'] === 'decimal' ? decimalText(tagged['value'] as { places: number; digits: number }) : null;
}

/** Some clients write a negative amount as a signed integer, which arrives here as a huge positive one: neither reading is safe. */
const LARGEST_DIGITS = 0x7fff_ffff;

function decimalText({ places, digits }: { places: number; digits: number }): string | null {
  if (digits > LARGEST_DIGITS) return null;
  const text = String(digits).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** AMQP timestamps are Unix seconds; milliseconds are seen in the wild and recognised by their size. Null: neither. */
export function amqpInstant(value: unknown): number | null {
  if (typeof value !== 'number') return null;
  for (const ms of [value * 1000, value]) if (ms >= EARLIEST_MS && ms <= LATEST_MS) return ms;
  return null;
}
