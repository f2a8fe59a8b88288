/** Why a verb did not do what was asked. Stable: the REST problem types and the tRPC codes are made from it. */
export type RefusalCode =
  | 'unauthenticated'
  | 'not-found'
  | 'invalid'
  | 'conflict'
  | 'too-many-requests'
  | 'unavailable';

/** One thing that is wrong with what was sent: with a field of it, or with a place in a contract document. */
export interface RefusalIssue {
  /** E.g. `settings.management`; null for a contract document. */
  field: string | null;
  file: string | null;
  line: number | null;
  rule: string | null;
  message: string;
}

/** An expected refusal. The sentence can be shown to people: what happened, to which thing, what to do. */
export class Refusal extends Error {
  /** Everything that is wrong, each with its place; empty where the sentence says it all. */
  readonly issues: readonly RefusalIssue[];

  constructor(readonly code: RefusalCode, sentence: string, options: { cause?: unknown; issues?: readonly RefusalIssue[] } = {}) {
    super(sentence, options);
    this.name = 'Refusal';
    this.issues = options.issues ?? [];
  }
}

/** A refusal because one field of the input is wrong. */
export function invalidField(field: string, message: string): Refusal {
  return new Refusal('invalid', `${field}: ${message}.`, { issues: [{ field, file: null, line: null, rule: null, message }] });
}
