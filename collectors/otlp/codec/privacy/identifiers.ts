/**
 * Removes from names and URLs what may identify a person, an account or a document. Names and routes are meant to be
 * few and the same for many spans; where an instrumentation puts a path, an id or a statement in instead, `{id}` and
 * `{text}` take its place. What is left is also what keeps LowCardinality columns and order keys small.
 */
const LONGEST_NAME = 200;
/** To the end of the name: a query that was not encoded may contain spaces. */
const QUERY = /\?\S[^]*$/;
const USER_INFO = /\/\/[^/\s]*@/g;
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`/g;
const MAIL_ADDRESS = /[^\s/]+@[^\s/]+/g;
/** A UUID, at least 16 hexadecimal digits, or six or more decimal digits, also with single dashes in between. */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|\d(?:-?\d){5,}/i;
const NUMERIC_SEGMENT = /\/\d+(?=[/\s]|$)/g;
const WORD = /[\p{L}\p{N}_-]+/gu;

/** A span or event name without URL query, user information, quoted text, mail addresses and ids. */
export function redactName(name: string): string {
  const text = cut(name).replace(QUERY, '').replace(USER_INFO, '//').replace(QUOTED, '{text}').replace(MAIL_ADDRESS, '{id}');
  return cut(redactIds(text).trimEnd());
}

/** A URL, or its path, without user information, query, fragment, path parameters and ids in the path. */
export function redactUrl(url: string): string {
  const end = url.search(/[?#]/);
  const text = cut(end < 0 ? url : url.slice(0, end)).replace(USER_INFO, '//').replace(/;[^/]*/g, '');
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(text)?.[0].length ?? 0;
  return text.slice(0, path) + redactIds(text.slice(path).replace(MAIL_ADDRESS, '{id}'));
}

/** Whole words that contain an id become `{id}`: prefix and suffix of an id often say as much as the id. */
export function redactIds(text: string): string {
  if (!/\d/.test(text) && !ID.test(text)) return text;
  return text.replace(NUMERIC_SEGMENT, '/{id}').replace(WORD, (word) => (ID.test(word) ? '{id}' : word));
}

function cut(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME)}…`;
}
