/** When a hold has done its part, so that the next step may begin or the operation may end. */
import type { HoldMethod } from './kinds';

/** After this time what still drains is left to its hold, which is measured on. */
export const DRAIN_PATIENCE_MS = 20_000;

export type Acceptance = { accepted: boolean; sentence: string };

/**
 * `held` is what is waited for. What is in place and drains for longer than anybody waits is accepted, because a consumer that
 * fails never works its backlog off; so is the last resort among methods, which says before that it leaks.
 *
 * @param observed as it was measured now
 * @param waitedMs since the connector was through with it
 * @returns null while it is waited for; nobody who could look proves nothing either way
 */
export function acceptHold(method: HoldMethod, observed: { state: string; sentence: string }, waitedMs: number): Acceptance | null {
  if (observed.state === 'held') return { accepted: true, sentence: observed.sentence };
  if (observed.state === 'unreachable' || waitedMs < DRAIN_PATIENCE_MS) return null;
  if (observed.state === 'draining') return { accepted: true, sentence: `In place; what was on its way is still being worked off. ${observed.sentence}` };
  if (observed.state === 'leaking' && method === 'status-swap') return { accepted: true, sentence: `In place as far as this method holds. ${observed.sentence}` };
  return { accepted: false, sentence: `It was put in place and is not held: ${observed.sentence}` };
}
