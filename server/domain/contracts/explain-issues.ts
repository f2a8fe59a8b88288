/** Turns schema issues into findings that name the place as an author would write it. */
import type { z } from 'zod';
import type { DocumentPath, Finding } from './rules';

type Issue = z.core.$ZodIssue;

/** One finding per issue; for a choice of shapes, the issues of the shape that was most likely meant. */
export function explainIssues(issues: readonly Issue[], document: unknown, parent: DocumentPath = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = [...parent, ...issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part))];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ rule: 'unknown-key', path: [...path, key], message: `${placeOf([...path, key])}: this key is not part of the contract language.` }));
      case 'invalid_union': {
        // The choice has a sentence of its own, and what is there is none of its shapes.
        const isNoShape = issue.errors.every((branch) => branch.some((inner) => inner.path.length === 0));
        if (issue.message !== LIBRARY_WORDING && isNoShape && !isMissing(document, path)) return [{ rule: 'invalid-value', path, message: say(path, issue.message) }];
        const branches = issue.errors.filter((branch) => branch.length > 0).map((branch) => explainIssues(branch, document, path));
        const closest = branches.toSorted((a, b) => a.length - b.length)[0];
        return closest ?? [{ rule: 'invalid-value', path, message: say(path, issue.message) }];
      }
      case 'invalid_key':
        return issue.issues.map((inner) => ({ rule: 'invalid-value', path, message: say(path, inner.message) }));
      default:
        if (isMissing(document, path)) return [{ rule: 'missing-key', path, message: `${placeOf(path)}: this key is required.` }];
        return [{ rule: 'invalid-value', path, message: say(path, wordingOf(issue)) }];
    }
  });
}

/** `spec.path[0].channel`, or "the document" for the root. */
function placeOf(path: DocumentPath): string {
  if (path.length === 0) return 'the document';
  return path.reduce<string>((place, part) => {
    if (typeof part === 'number') return `${place}[${part}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(part)) return `${place}["${part}"]`;
    return place === '' ? part : `${place}.${part}`;
  }, '');
}

/** What the library says of a choice that has no sentence of its own. */
const LIBRARY_WORDING = 'Invalid input';

const TYPE_NAMES: Record<string, string> = {
  array: 'a list', object: 'a map', record: 'a map', string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false',
};

/** The schema's own sentence where it has one; the library's wording is for programmers. */
function wordingOf(issue: Issue): string {
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid ')) return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid ')) return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
  return issue.message;
}

function say(path: DocumentPath, message: string): string {
  return `${placeOf(path)}: ${message.replace(/\.$/, '')}.`;
}

function isMissing(document: unknown, path: DocumentPath): boolean {
  let value: unknown = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return false;
    if (!Object.hasOwn(value, part)) return true;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value === undefined;
}
