/** Bodies that may be stored: JSON, every value masked but those that the contract reads for fields that identify nobody. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { requireSelector } from '@/server/domain/contracts/selector';

const LONGEST_STORED = 65_536;
const DEEPEST = 32;
/** A key that looks like a name in a program is kept; others may be data, e.g. a map keyed by account number. */
const KEY_NAME = /^[A-Za-z_$][A-Za-z_$-]{0,63}\d{0,2}$/;

/** JSON Pointers into the body that the flow reads; `identifying` ones are masked all the same. */
export interface BodyPointers {
  read: ReadonlySet<string>;
  identifying: ReadonlySet<string>;
}

export function bodyPointersOf(flow: FlowContract): BodyPointers {
  const read = new Set<string>();
  const identifying = new Set<string>();
  for (const field of Object.values(flow.spec.fields)) {
    for (const selector of field.from.map(requireSelector)) {
      if (selector.kind !== 'body') continue;
      read.add(selector.pointer);
      if (field.token) identifying.add(selector.pointer);
    }
  }
  return { read, identifying };
}

/** Whether the contract says in so many words that messages hold no health information. */
export function mayStoreBody(flow: FlowContract): boolean {
  return flow.spec.phi?.contains === false;
}

/** The masked body as JSON; empty where there is none, or it is too long to keep. */
export function maskedBody(body: unknown, { read, identifying }: BodyPointers): string {
  if (body === undefined) return '';
  const keeps = (pointer: string) => read.has(pointer) && !identifying.has(pointer);
  const text = JSON.stringify(masked(body, '', 0, keeps));
  return text.length > LONGEST_STORED ? '' : text;
}

function masked(value: unknown, pointer: string, depth: number, keeps: (pointer: string) => boolean): unknown {
  if (value === null) return null;
  if (depth > DEEPEST) return maskOf('');
  if (Array.isArray(value)) return value.map((item, index) => masked(item, `${pointer}/${index}`, depth + 1, keeps));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => {
      const name = key.replaceAll('~', '~0').replaceAll('/', '~1');
      return [KEY_NAME.test(key) ? key : maskOf(key), masked(item, `${pointer}/${name}`, depth + 1, keeps)];
    }));
  }
  return keeps(pointer) ? value : maskOf(typeof value === 'string' ? value : JSON.stringify(value));
}

export function maskOf(text: string): string {
  return `‹masked:${[...text].length}›`;
}
