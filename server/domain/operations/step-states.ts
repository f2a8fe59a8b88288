/** The life of one channel's step in an operation over several, as a table of allowed transitions. */

export const STEP_STATES = [
  'waiting', 'running',
  /** The connector is through with it; whether it holds is being measured. */
  'verifying',
  'held',
  /** It could not be begun; nothing was done there. */
  'failed',
  /** Is being taken back, because a later step failed or somebody stopped the operation. */
  'undoing',
  'undone',
  /** Could not be taken back, or not released: its hold is still there and is somebody's. */
  'left',
  'released', 'not-begun',
] as const;
export type StepState = (typeof STEP_STATES)[number];

const TRANSITIONS: Record<StepState, readonly StepState[]> = {
  waiting: ['running', 'failed', 'not-begun'],
  running: ['verifying', 'undoing', 'released', 'left'],
  verifying: ['held', 'undoing'],
  held: ['undoing'],
  undoing: ['undone', 'left'],
  failed: [], undone: [], left: [], released: [], 'not-begun': [],
};

export function stepMayBecome(from: StepState, to: StepState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** States from which `to` can be reached in one step; what a conditional update names. */
export function stepStatesBefore(to: StepState): StepState[] {
  return STEP_STATES.filter((from) => stepMayBecome(from, to));
}

/** Nothing more becomes of it by this operation, unless what is held is taken back. */
export function isSettled(state: StepState): boolean {
  return TRANSITIONS[state].length === 0 || state === 'held';
}

export const STEP_STATE_WORDS: Record<StepState, string> = {
  waiting: 'Waiting', running: 'Being put in place', verifying: 'Being measured', held: 'In place', failed: 'Could not begin', undoing: 'Being taken back',
  undone: 'Taken back', left: 'Still held', released: 'Released', 'not-begun': 'Not begun',
};
