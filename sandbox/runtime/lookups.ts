import type { LOOKUP_TROUBLES } from '../faults/catalogue';
import type { ApiLookup } from '../network/routes';

type LookupTrouble = (typeof LOOKUP_TROUBLES)[number];

/** One thing that a system can be asked about, with how it is found. Lookups are not traced: nothing of the business happens. */
export interface ServedLookup {
  lookup: ApiLookup;
  /** @param key the value of the template's placeholder; empty where it has none. @returns undefined when the system knows none */
  find: (key: string) => Promise<object | undefined>;
  /** How the system answers all the same, instead of finding it. */
  trouble?: () => LookupTrouble | undefined;
}

export type LookupAnswer = 'silence' | { status: number; body: object };

const NO_SUCH_ROUTE: LookupAnswer = { status: 404, body: { code: 'NOT_FOUND', message: 'There is no such resource' } };

/** Answers a lookup by its path: 200 with what is known, 404 with the code of what is not. */
export async function answerLookup(lookups: readonly ServedLookup[], path: string): Promise<LookupAnswer> {
  for (const { lookup, find, trouble } of lookups) {
    const key = keyIn(lookup.template, path);
    if (key === undefined) continue;
    const inTrouble = trouble?.();
    if (inTrouble === 'hangs') return 'silence';
    if (inTrouble === 'gone') return NO_SUCH_ROUTE;
    const found = inTrouble === 'lies' ? undefined : await find(key);
    return found === undefined ? { status: 404, body: { code: lookup.missing, message: 'It is not known here' } } : { status: 200, body: found };
  }
  return NO_SUCH_ROUTE;
}

/** The placeholder's value; empty for a template without one; undefined where the path is another. */
function keyIn(template: string, path: string): string | undefined {
  const [before = '', after] = template.split(/\{[^}]+\}/);
  if (after === undefined) return path === template ? '' : undefined;
  const key = path.slice(before.length, path.length - after.length);
  if (!path.startsWith(before) || !path.endsWith(after) || key === '' || key.includes('/')) return undefined;
  return decodeURIComponent(key);
}
