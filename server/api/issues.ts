import { z } from 'zod';
import { Refusal, type RefusalIssue } from '@/server/services/refusal';

/** What is wrong with the input, field by field or line by line; none where the sentence says it all. */
export function issuesOf(error: unknown): RefusalIssue[] {
  if (error instanceof Refusal) return [...error.issues];
  if (error instanceof z.ZodError) return error.issues.flatMap((issue) => fieldIssues(issue, []));
  return [];
}

/** A key that does not exist is named itself, not the map that holds it. */
function fieldIssues(issue: z.core.$ZodIssue, parent: readonly PropertyKey[]): RefusalIssue[] {
  const path = [...parent, ...issue.path];
  const at = (field: readonly PropertyKey[], message: string): RefusalIssue => ({ field: field.map(String).join('.'), file: null, line: null, rule: null, message });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => at([...path, key], 'is not known'));
  if (issue.code === 'invalid_union') {
    const closest = issue.errors.filter((branch) => branch.length > 0).toSorted((a, b) => b[0]!.path.length - a[0]!.path.length || a.length - b.length)[0];
    if (closest) return closest.flatMap((inner) => fieldIssues(inner, path));
  }
  return [at(path, issue.message)];
}
