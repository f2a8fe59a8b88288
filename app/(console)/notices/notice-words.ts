import type { Step } from '@/server/domain/notices/escalation';

const STEP_WORDS: Record<Step, string> = { owner: 'the owner', role: 'everybody who can act on it', admins: 'all administrators' };

/** Whom it has reached, e.g. `the owner and everybody who can act on it`. */
export function toldWords(told: readonly Step[]): string {
  return new Intl.ListFormat('en').format(told.map((step) => STEP_WORDS[step]));
}
