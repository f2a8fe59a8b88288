/**
 * Replaces one value in a JSON text and leaves every other character as it is. Parsing and writing again would change numbers
 * (`10.00`, integers above 2^53), the order of keys and white space, which a receiver may compare or sign.
 */

export type Replaced = { text: string; before: string } | { problem: string };

/** A value of text, a number, true or false is replaced by one of the same kind; nothing is added or taken away. @param pointer RFC 6901 */
export function replaceJsonValue(text: string, pointer: string, value: string): Replaced {
  try {
    // The engine's own parser decides what JSON is; the walk below may then rely on it.
    JSON.parse(text);
  } catch {
    return { problem: 'the body is no JSON' };
  }
  const keys = pointer.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const place = find(text, keys);
  if ('problem' in place) return place;
  const before = text.slice(place.from, place.to);
  const replacement = sameKind(before, value);
  if (typeof replacement !== 'string') return replacement;
  return { text: text.slice(0, place.from) + replacement + text.slice(place.to), before: before.startsWith('"') ? (JSON.parse(before) as string) : before };
}

function sameKind(before: string, value: string): string | { problem: string } {
  switch (before.charAt(0)) {
    case '"': return JSON.stringify(value);
    case 't':
    case 'f': return value === 'true' || value === 'false' ? value : { problem: 'it is true or false there, and the new value is neither' };
    case '{':
    case '[': return { problem: 'it is an object or a list there; only single values are changed' };
    case 'n': return { problem: 'it is null there, so nothing tells of which kind a new value has to be' };
    default: return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value) ? value : { problem: 'it is a number there, and the new value is none' };
  }
}

/** @param text JSON */
function find(text: string, keys: readonly string[]): { from: number; to: number } | { problem: string } {
  let at = skipSpace(text, 0);
  for (const key of keys) {
    const inside = text.charAt(at) === '{' ? member(text, at, key) : text.charAt(at) === '[' ? element(text, at, key) : null;
    if (inside === null) return { problem: 'nothing stands there' };
    if (inside === 'twice') return { problem: 'a name on the way stands there twice, and readers differ in which one counts' };
    at = inside;
  }
  return { from: at, to: endOfValue(text, at) };
}

/** Where the value of a member begins. */
function member(text: string, open: number, key: string): number | 'twice' | null {
  let found: number | null = null;
  for (let at = skipSpace(text, open + 1); text.charAt(at) !== '}';) {
    const nameEnd = endOfText(text, at);
    const valueAt = skipSpace(text, skipSpace(text, nameEnd) + 1);
    if (JSON.parse(text.slice(at, nameEnd)) === key) {
      if (found !== null) return 'twice';
      found = valueAt;
    }
    at = behindComma(text, endOfValue(text, valueAt));
  }
  return found;
}

function element(text: string, open: number, key: string): number | null {
  if (!/^(?:0|[1-9]\d*)$/.test(key)) return null;
  let index = 0;
  for (let at = skipSpace(text, open + 1); text.charAt(at) !== ']'; index++) {
    if (String(index) === key) return at;
    at = behindComma(text, endOfValue(text, at));
  }
  return null;
}

function behindComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charAt(at) === ',' ? skipSpace(text, at + 1) : at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++;
  return at;
}

function endOfValue(text: string, from: number): number {
  const first = text.charAt(from);
  if (first === '"') return endOfText(text, from);
  if (first !== '{' && first !== '[') {
    let at = from;
    while (at < text.length && !' \t\n\r,]}'.includes(text.charAt(at))) at++;
    return at;
  }
  let depth = 0;
  for (let at = from; ; at++) {
    const one = text.charAt(at);
    if (one === '"') at = endOfText(text, at) - 1;
    else if (one === '{' || one === '[') depth++;
    else if (one === '}' || one === ']') depth--;
    if (depth === 0) return at + 1;
  }
}

/** Behind the closing quote. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}
