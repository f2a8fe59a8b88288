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
