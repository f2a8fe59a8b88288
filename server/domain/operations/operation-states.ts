/** The life of an operation as a table of allowed transitions. */

export const OPERATION_STATES = [
  /** Asked for; a collector computes the plan. */
  'draft',
  'planned', 'awaiting-approval', 'approved', 'running', 'verifying',
  /** Everything was sent; the business result of some items is not known yet and somebody owns that. */
  'awaiting-confirmation',
  'done', 'partly-done', 'failed', 'aborted',
] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

const TRANSITIONS: Record<OperationState, readonly OperationState[]> = {
  draft: ['planned', 'failed', 'aborted'],
  planned: ['awaiting-approval', 'approved', 'failed', 'aborted'],
  'awaiting-approval': ['approved', 'failed', 'aborted'],
  approved: ['running', 'failed', 'aborted'],
  running: ['verifying', 'done', 'partly-done', 'failed', 'aborted'],
  verifying: ['awaiting-confirmation', 'done', 'partly-done', 'failed', 'aborted'],
  'awaiting-confirmation': ['done', 'partly-done'],
  done: [], 'partly-done': [], failed: [], aborted: [],
};

export function mayBecome(from: OperationState, to: OperationState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** States from which `to` can be reached in one step; what a conditional update names. */
export function statesBefore(to: OperationState): OperationState[] {
  return OPERATION_STATES.filter((from) => mayBecome(from, to));
}

export function isFinal(state: OperationState): boolean {
  return TRANSITIONS[state].length === 0;
}

export const OPERATION_STATE_WORDS: Record<OperationState, string> = {
  draft: 'Planning', planned: 'Planned', 'awaiting-approval': 'Awaiting approval', approved: 'Approved', running: 'Running', verifying: 'Verifying',
  'awaiting-confirmation': 'Awaiting business confirmation', done: 'Done', 'partly-done': 'Partly done', failed: 'Failed', aborted: 'Stopped',
};
