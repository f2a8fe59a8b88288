/** What proves that a replayed message reached its business result. */
import type { ReplayConfirm } from './flow-schema';

export interface OutcomeStage {
  name: string;
  flow: string;
  hop: string;
  leg: 'enter' | 'leave';
  /** ISO 8601, counted from the sending. */
  within: string;
}

/** The stages of `replay.confirm` in the order in which they are due; its short form is one stage. */
export function outcomeStages(confirm: ReplayConfirm): OutcomeStage[] {
  return 'stages' in confirm ? confirm.stages : [{ name: 'Business result', ...confirm }];
}
