/** How long the oldest waiting message of a queue has waited, and how that is known. */
import type { AgeMethod } from '@/server/domain/taps/facts';

export interface ChannelAge {
  ageMs: number | null;
  method: AgeMethod;
  /** Why the age is unknown or only a bound, in a sentence; empty when there is nothing to say. */
  note: string;
}

/** Ages concluded from the messages that were seen passing. */
export interface AgeEvidence {
  /**
   * @param channelId as `channelId` of the contracts writes it
   * @param now Unix milliseconds
   * @returns null when the evidence says nothing about this channel
   */
  ageOf(channelId: string, waiting: { ready: bigint; unacked: bigint }, now: number): ChannelAge | null;
}

/** What a queue tells about the message at its head. */
export interface QueueHead {
  type: string;
  ready: bigint | null;
  unacked: bigint | null;
  isPriority: boolean;
  /** Set by the publisher, Unix milliseconds; null when it sets none or the queue type does not tell. */
  headTimestamp: number | null;
}

/** Publishers' clocks may run ahead by this much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** No message waits this long; publishers that write seconds or nanoseconds for milliseconds end up beyond it. */
const LONGEST_WAIT_MS = 366 * 86_400_000;

/** @param now Unix milliseconds @param evidence null where no message tap runs */
export function ageOfOldest(channelId: string, head: QueueHead, evidence: AgeEvidence | null, now: number): ChannelAge {
  const { ready, unacked } = head;
  if (ready === null || ready === 0n) return unknown('');
  if (head.type === 'stream') return unknown('A stream keeps messages after they were read, so none of them is the oldest that waits.');
  if (head.isPriority) return unknown('In a priority queue the message at the head is not the oldest.');
  const byHead = ageByHead(head.headTimestamp, now);
  if (byHead?.ageMs != null) return byHead;
  return evidence?.ageOf(channelId, { ready, unacked: unacked ?? 0n }, now) ?? byHead
    ?? unknown(head.type === 'classic' || head.type === ''
      ? 'The publisher sets no timestamp, and the message tap has not seen enough to tell.'
      : `A ${head.type} queue does not tell the timestamp at its head, and the message tap has not seen enough to tell.`);
}

/** Null where there is no timestamp. */
function ageByHead(timestamp: number | null, now: number): ChannelAge | null {
  if (timestamp === null) return null;
  const age = now - timestamp;
  if (age < -CLOCK_TOLERANCE_MS) return unknown('The timestamp at the head lies in the future, so the publisher\'s clock or its unit is wrong.');
  if (age > LONGEST_WAIT_MS) return unknown('The timestamp at the head is more than a year old, so it is taken for wrong.');
  return { ageMs: Math.max(0, age), method: 'head', note: 'By the publisher\'s own timestamp.' };
}

function unknown(note: string): ChannelAge {
  return { ageMs: null, method: 'unknown', note };
}
