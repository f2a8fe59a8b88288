import type { Json } from '../canonical-json';

/**
 * What the trail can keep to the letter. An event's hash is made before it is stored and again from what was stored, so
 * everything that a database or JSON would store otherwise is written here as it will be read: dates and numbers that are no
 * safe integer as text, lone surrogates and NUL characters as U+FFFD, undefined members left out. Else a name that somebody
 * types could make an intact trail look broken.
 *
 * @param value anything JSON can carry, and dates and bigints
 */
export function exactJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return exactText(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(exactJson);
  if (typeof value !== 'object') return null;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [exactText(key), exactJson(member)]));
}

/** Text as Postgres gives it back: no NUL, no half of a surrogate pair. */
export function exactText(text: string): string {
  // With the flag u, only surrogates that stand alone are a code point of this category.
  return text.replace(/\p{Surrogate}|\0/gu, '\u{FFFD}');
}
