/** Reads single values of the broker's answers. What is absent or of another type is "not known", never 0. */

export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object's members; empty where it is none. RabbitMQ writes an object without members as `[]`. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** Rows of a list; what is no object is left out. */
export function rows(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number of any size. Those of 16 and more digits come as text; see the client. */
export function count(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? BigInt(value) : null;
}

/** A whole number that is known to be small. */
export function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
