/**
 * Selectors name where a value is found: `attr:error.type`, `resource:service.name`, `key:2`, `const:USD`,
 * `header:x-payer`, `body:/claim/payerId`, `column:payer_code`. There is no expression language on purpose.
 */
import { z } from 'zod';

export type Selector =
  | { kind: 'attr' | 'resource' | 'header' | 'column'; name: string }
  | { kind: 'const'; value: string }
  /** Part of the routing key, counted from 1, parts separated by dots. */
  | { kind: 'key'; part: number }
  /** JSON Pointer (RFC 6901) into the body. */
  | { kind: 'body'; pointer: string };

const KINDS = ['attr', 'resource', 'header', 'body', 'column', 'key', 'const'];
/** Selectors that can be answered from a span alone. */
const SPAN_KINDS: readonly string[] = ['attr', 'resource', 'key'];

/** Parses a selector, or says in a sentence what is wrong with it. */
export function parseSelector(text: string): Selector | { problem: string } {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  if (colon < 1 || !KINDS.includes(kind)) return { problem: `"${text}" does not start with a known selector (${KINDS.map((k) => `${k}:`).join(' ')})` };
  if (rest === '' || rest.length > 300) return { problem: `"${text}" needs 1 to 300 characters after "${kind}:"` };
  switch (kind) {
    case 'const': return { kind, value: rest };
    case 'key': return /^[1-9]\d?$/.test(rest) ? { kind, part: Number(rest) } : { problem: `"${text}" needs the number of a routing-key part, counted from 1, e.g. key:2` };
    case 'body': return rest.startsWith('/') ? { kind, pointer: rest } : { problem: `"${text}" needs a JSON Pointer that starts with "/", e.g. body:/claim/payerId` };
    default: return { kind: kind as 'attr' | 'resource' | 'header' | 'column', name: rest }; // checked against KINDS above
  }
}

/** Parses a selector that the schema has already accepted. */
export function requireSelector(text: string): Selector {
  const selector = parseSelector(text);
  if ('problem' in selector) throw new RangeError(selector.problem);
  return selector;
}

export const selectorText = z.string().superRefine((text, context) => {
  const selector = parseSelector(text);
  if ('problem' in selector) context.addIssue({ code: 'custom', message: selector.problem });
});

/** A selector in `when`: decides whether a span belongs to a hop, so only what a span carries is allowed. */
export const spanSelectorText = selectorText.superRefine((text, context) => {
  const selector = parseSelector(text);
  if (!('problem' in selector) && !SPAN_KINDS.includes(selector.kind)) {
    context.addIssue({ code: 'custom', message: `"${text}" cannot be used here: a span is recognised by attr:, resource: or key: only` });
  }
});
