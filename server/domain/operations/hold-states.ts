/** The living state of what a pause or a reroute put in place. */

export const HOLD_KINDS = ['pause', 'reroute'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

export const HOLD_STATES = [
  /** Asked for, nothing measured yet. */
  'requested',
  /** In place; what was on its way is still being worked off. */
  'draining',
  /** Measured: nothing passes. */
  'held',
  /** Measured: something passes although it should not. */
  'leaking',
  'releasing', 'released',
  /** Of reroutes. */
  'active', 'expiring', 'restored',
] as const;
export type HoldState = (typeof HOLD_STATES)[number];

const TRANSITIONS: Record<HoldState, readonly HoldState[]> = {
  requested: ['draining', 'held', 'leaking', 'active', 'releasing', 'released', 'restored'],
  draining: ['held', 'leaking', 'releasing', 'released'],
  held: ['draining', 'leaking', 'releasing', 'released'],
  leaking: ['draining', 'held', 'active', 'expiring', 'releasing', 'released', 'restored'],
  releasing: ['held', 'draining', 'leaking', 'released', 'active', 'restored'],
  active: ['expiring', 'leaking', 'releasing', 'restored'],
  expiring: ['active', 'releasing', 'restored'],
  released: [], restored: [],
};

export function holdMayBecome(from: HoldState, to: HoldState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function isOver(state: HoldState): boolean {
  return TRANSITIONS[state].length === 0;
}

export const HOLD_OVER: readonly HoldState[] = HOLD_STATES.filter(isOver);

/** A hold that nobody could look at for this long is shown as `unverified since`, whatever it was before. */
export const UNVERIFIED_AFTER_MS = 20_000;

export const HOLD_STATE_WORDS: Record<HoldState, string> = {
  requested: 'Requested', draining: 'Draining', held: 'HELD (verified)', leaking: 'LEAKING', releasing: 'Releasing', released: 'Released',
  active: 'Rerouted', expiring: 'Expiring', restored: 'Restored',
};

/** Whether a reroute was found to lose or double messages, by the figures of its last look. */
export function isUnbalanced({ kind, figures }: { kind: HoldKind; figures: Record<string, string> }): boolean {
  return kind === 'reroute' && (figures['missing'] !== undefined || figures['doubled'] !== undefined);
}
