/** From a probe's text and the values of one message to a request. Values are encoded, and refused where encoding does not make them safe. */

/** What a message says under the name of a field of its contract; undefined where it says nothing. */
export type FieldValues = (name: string) => string | undefined;

export interface HttpQuestion {
  method: 'GET' | 'HEAD';
  sourceId: string;
  /** Begins with "/", holds only what an address may hold. */
  path: string;
}

/** Longer ones are no business keys, and servers answer them with statuses of their own. */
export const LONGEST_VALUE = 256;
/** Control characters, and halves of characters. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const PLACEHOLDER = /\{([a-z][A-Za-z0-9]{0,63})\}/g;

/**
 * @param text e.g. `GET erp-api:/inventory/v2/issues/{usageLine}`
 * @returns a problem as a clause without a full stop; it never repeats a value
 */
export function httpQuestion(text: string, fields: FieldValues): HttpQuestion | { problem: string } {
  const [, method, sourceId, template] = /^(GET|HEAD) ([a-z0-9][a-z0-9-]{0,63}):(\/\S*)$/.exec(text) ?? [];
  if (method === undefined || sourceId === undefined || template === undefined) return { problem: 'The probe does not read like "GET source:/path"' };
  const queryAt = template.includes('?') ? template.indexOf('?') : template.length;
  let problem = '';
  const path = template.replace(PLACEHOLDER, (_, name: string, at: number) => {
    const value = fields(name);
    problem ||= problemOf(name, value, at < queryAt ? 'path' : 'query');
    return problem === '' ? encodeURIComponent(value ?? '') : '';
  });
  if (problem !== '') return { problem };
  // What is left over was not meant literally, and what is no address is not to be guessed at.
  if (/[^\x21-\x7e]|[{}#\\"<>^`|]/.test(path)) return { problem: 'The path of the probe holds a character that addresses cannot carry, or a placeholder that is no field name' };
  if (path.slice(0, path.includes('?') ? path.indexOf('?') : undefined).split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    return { problem: 'The path of the probe would lead to another place, because a part of it is made of dots only' };
  }
  return { method: method === 'HEAD' ? 'HEAD' : 'GET', sourceId, path };
}

/**
 * Servers and proxies disagree about encoded slashes and control characters in a path: some answer 404, which would read
 * as proof that the target does not have the message.
 */
function problemOf(name: string, value: string | undefined, part: 'path' | 'query'): string {
  if (value === undefined || value.trim() === '') return `The message has no ${name}, which the probe asks by`;
  if (value.length > LONGEST_VALUE) return `The ${name} of the message is longer than ${LONGEST_VALUE} characters`;
  if (UNPRINTABLE.test(value)) return `The ${name} of the message holds characters that are no text`;
  if (value !== value.trim()) return `The ${name} of the message begins or ends with a blank`;
  if (part === 'path' && /[/\\]/.test(value)) return `The ${name} of the message holds a slash, which servers read in different ways`;
  return '';
}
