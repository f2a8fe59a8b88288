/** Walks the chain of the audit trail and names the first event where it does not hold. */
import { auditHash, GENESIS_HASH, type HashedEvent } from './audit-hash';

/** An event as it was read, with what a Date cannot hold of its time. */
export interface StoredEvent extends HashedEvent {
  hash: string;
  /** 0 for every time that was ever written. */
  microseconds: number;
}

export interface ChainBreak {
  /** The first event that is not what it was, or is not there. */
  seq: bigint;
  kind: 'changed' | 'removed' | 'inserted' | 'replaced' | 'cut-off';
  /** What is wrong, for people. */
  sentence: string;
}

/** Where the walk stands; begins at `CHAIN_START`. */
export interface ChainPosition {
  seq: bigint;
  hash: string;
}

export const CHAIN_START: ChainPosition = { seq: 0n, hash: GENESIS_HASH };

/**
 * Judges the event that follows a position, in the order of seq.
 *
 * @returns the break, or null when the event follows and is as it was written
 */
export function checkNext(position: ChainPosition, event: StoredEvent): ChainBreak | null {
  const expected = position.seq + 1n;
  if (event.seq < expected) {
    return { seq: event.seq, kind: 'inserted', sentence: `Event #${event.seq} was inserted: the trail begins with #1.` };
  }
  if (event.seq > expected) {
    const last = event.seq - 1n;
    return {
      seq: expected, kind: 'removed',
      sentence: last === expected ? `Event #${expected} was removed: #${event.seq} follows ${before(expected)}.` : `Events #${expected} to #${last} were removed: #${event.seq} follows ${before(expected)}.`,
    };
  }
  if (!isAsWritten(event)) {
    return { seq: event.seq, kind: 'changed', sentence: `Event #${event.seq} was changed after it was written, or was not written by Signalbox: its content does not match its hash.` };
  }
  if (event.previousHash !== position.hash) {
    return { seq: event.seq, kind: 'inserted', sentence: `Event #${event.seq} does not follow ${before(event.seq)}: one of the two was inserted, put in another's place or moved.` };
  }
  return null;
}

/** An anchor: what the head of the chain was when it was written somewhere else. */
export interface Anchor {
  seq: bigint;
  hash: string;
  /** When it was written. */
  at: string;
  /** Where it was read, e.g. `the anchor file` or `the table of anchors`. */
  place: string;
}

/**
 * Compares an anchor with the event of its number in a chain that holds by itself.
 *
 * @param hash of the event with the anchor's number; null when there is none
 * @param head number of the newest event
 */
export function checkAnchor(anchor: Anchor, hash: string | null, head: bigint): ChainBreak | null {
  if (hash === anchor.hash) return null;
  if (hash === null) {
    const first = head + 1n;
    return {
      seq: first, kind: 'cut-off',
      sentence: `The trail ends at #${head}, but reached #${anchor.seq} at ${anchor.at}, says ${anchor.place}: what came after #${head} was removed.`,
    };
  }
  return {
    seq: anchor.seq, kind: 'replaced',
    sentence: `Event #${anchor.seq} is another one than at ${anchor.at}, says ${anchor.place}: the trail was written anew from there or from an event before.`,
  };
}

function before(seq: bigint): string {
  return seq === 1n ? 'the beginning' : `#${seq - 1n}`;
}

/** Content that cannot even be hashed, such as a fraction where only text was ever written, was changed. */
function isAsWritten({ microseconds, hash, ...event }: StoredEvent): boolean {
  try {
    return microseconds === 0 && auditHash(event) === hash;
  } catch {
    return false;
  }
}
