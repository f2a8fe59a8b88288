/** What becomes of one message or row that an operation touches. */

export const ITEM_STATES = [
  'pending',
  /** Claimed just before the act; after a crash its evidence decides, it is never sent again blindly. */
  'sending',
  /** The broker confirmed, or the transaction committed. */
  'sent',
  /** The business result was seen where the contract says. */
  'confirmed',
  /** It failed again. */
  'rejected',
  /** The receiver knew it already and said so. */
  'duplicate-suppressed',
  /** Sent or not, nobody can tell, or no result came in time: a second replay needs an explicit override. */
  'unknown',
  /** Not acted on: changed, gone, returned as unroutable, or a precondition did not hold at the last moment. */
  'skipped',
  /** Listed in the plan as not eligible, with the reason and what to do instead. */
  'not-eligible',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const TRANSITIONS: Record<ItemState, readonly ItemState[]> = {
  pending: ['sending', 'skipped'],
  sending: ['sent', 'pending', 'skipped', 'unknown'],
  sent: ['confirmed', 'rejected', 'duplicate-suppressed', 'unknown'],
  // Late evidence settles what was unknown.
  unknown: ['confirmed', 'rejected', 'duplicate-suppressed'],
  confirmed: [], rejected: [], 'duplicate-suppressed': [], skipped: [], 'not-eligible': [],
};

export function itemMayBecome(from: ItemState, to: ItemState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function itemStatesBefore(to: ItemState): ItemState[] {
  return ITEM_STATES.filter((from) => itemMayBecome(from, to));
}

/** At most so many items are `sending` at once: so many can be unknown after a crash, and no more. */
export const MOST_SENDING = 200;

export const ITEM_STATE_WORDS: Record<ItemState, string> = {
  pending: 'Waiting', sending: 'Sending', sent: 'Sent', confirmed: 'Confirmed', rejected: 'Rejected again', 'duplicate-suppressed': 'Duplicate suppressed',
  unknown: 'Unknown', skipped: 'Skipped', 'not-eligible': 'Not eligible',
};
