/** Why a verb did not do what was asked. Stable: the REST problem types and the tRPC codes are made from it. */
export type RefusalCode =
  | 'unauthenticated'
  | 'not-found'
  | 'invalid'
  | 'conflict'
  | 'too-many-requests'
  | 'unavailable';

/** An expected refusal. The sentence can be shown to people: what happened, to which thing, what to do. */
export class Refusal extends Error {
  constructor(readonly code: RefusalCode, sentence: string, options?: { cause?: unknown }) {
    super(sentence, options);
    this.name = 'Refusal';
  }
}
