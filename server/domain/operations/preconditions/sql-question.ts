/** From a probe's SQL and the values of one message to a statement with bind parameters. */
import { LONGEST_VALUE, UNPRINTABLE, type FieldValues } from './http-question';

export interface SqlQuestion {
  /** With `$1`, `$2`, … */
  sql: string;
  values: readonly string[];
}

/** Parts of a statement in which nothing is a placeholder: literals, quoted names, comments. Each ends with the text where it is left open. */
const OPAQUE = /[Ee]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$((?:[A-Za-z_][A-Za-z0-9_]*)?)\$[\s\S]*?(?:\$\1\$|$)/g;
const PLACEHOLDER = /\{([a-z][A-Za-z0-9]{0,63})\}/g;

/**
 * `WHERE usage_line = {usageLine}` becomes `WHERE usage_line = $1`. A placeholder inside quotes would be compared as it
 * stands, find nothing and look like proof of absence: it is refused.
 *
 * @returns a problem as a clause without a full stop; it never repeats a value
 */
export function sqlQuestion(text: string, fields: FieldValues): SqlQuestion | { problem: string } {
  const names: string[] = [];
  const parts = partsOf(text);
  if (parts.some(({ isOpaque, part }) => isOpaque && part.match(PLACEHOLDER) !== null)) return { problem: 'The statement of the probe holds a field inside quotes or a comment, where it is no field: write {field} without quotes' };
  if (parts.some(({ isOpaque, part }) => !isOpaque && /\$\d/.test(part))) return { problem: 'The statement of the probe holds "$" and a number: name the fields of the message instead, as {field}' };
  const sql = parts.map(({ isOpaque, part }) => (isOpaque ? part : bind(part, names))).join('');
  const values: string[] = [];
  for (const name of names) {
    const value = fields(name);
    if (value === undefined || value.trim() === '') return { problem: `The message has no ${name}, which the probe asks by` };
    if (value.length > LONGEST_VALUE) return { problem: `The ${name} of the message is longer than ${LONGEST_VALUE} characters` };
    if (UNPRINTABLE.test(value)) return { problem: `The ${name} of the message holds characters that are no text` };
    values.push(value);
  }
  return { sql, values };
}

function bind(text: string, names: string[]): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
}

function partsOf(text: string): { isOpaque: boolean; part: string }[] {
  const parts: { isOpaque: boolean; part: string }[] = [];
  let at = 0;
  for (const { 0: opaque, index } of text.matchAll(OPAQUE)) {
    parts.push({ isOpaque: false, part: text.slice(at, index) }, { isOpaque: true, part: opaque });
    at = index + opaque.length;
  }
  return [...parts, { isOpaque: false, part: text.slice(at) }];
}
