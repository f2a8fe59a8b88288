/** Values longer than this are no ids or codes; they would bloat columns that are made for few distinct values. */
const LONGEST_VALUE = 256;

/** The value trimmed; undefined when it is absent, empty or too long. */
export function cleanValue(value: string | undefined): string | undefined {
  if (value === undefined || value === '' || value.length > LONGEST_VALUE) return undefined;
  if (isPlain(value.charCodeAt(0)) && isPlain(value.charCodeAt(value.length - 1))) return value;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Certainly no white space; most values begin and end so, and need no trimming. */
function isPlain(code: number): boolean {
  return code > 32 && code < 127;
}

/** The n-th part between dots, counted from 1; undefined when there are fewer. */
export function routingKeyPart(text: string, part: number): string | undefined {
  let start = 0;
  for (let skipped = 1; skipped < part; skipped++) {
    const dot = text.indexOf('.', start);
    if (dot === -1) return undefined;
    start = dot + 1;
  }
  const end = text.indexOf('.', start);
  return text.slice(start, end === -1 ? text.length : end);
}
