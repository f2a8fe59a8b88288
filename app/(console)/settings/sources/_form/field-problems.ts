import type { z } from 'zod';
import { refusalIssues } from '../../../../_ui/states/refusal-issues';

/** What is wrong with which field, by the field's path in the input, e.g. `settings.management`. */
export type FieldProblems = Readonly<Record<string, string>>;

/** The first problem of each field. */
export function problemsOfInput(error: z.ZodError): FieldProblems {
  const problems: Record<string, string> = {};
  for (const issue of error.issues) problems[issue.path.join('.')] ??= sentenceOf(issue);
  return problems;
}

/** What the server found wrong with fields; empty when it refused for another reason. */
export function problemsOfRefusal(error: unknown): FieldProblems {
  return Object.fromEntries(refusalIssues(error).flatMap(({ field, message }) => (field === null ? [] : [[field, message]])));
}

/** The problem of a field, or of its last part that has one: the name of a system rather than the id made from it. */
export function problemOf(problems: FieldProblems, field: string): string | undefined {
  return problems[field] ?? Object.entries(problems).findLast(([path]) => path.startsWith(`${field}.`))?.[1];
}

/** The rules of a field speak in sentences; only what is of the wrong type has words of programmers. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && ['number', 'int'].includes(issue.expected) ? 'must be a whole number' : issue.message;
}
