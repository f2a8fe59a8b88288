import type { AgeMethod } from '../../taps/facts';

/** What a successful look at a channel said. Instants are Unix milliseconds; null is not known, never 0. */
export interface Look {
  at: number;
  /** Counters of two epochs have nothing to do with each other. */
  epoch: string;
  waiting: bigint | null;
  /** Taken and not finished. */
  inFlight: bigint | null;
  failed: bigint | null;
  consumers: number | null;
  entered: bigint | null;
  left: bigint | null;
  redelivered: bigint | null;
}

/** What only the newest look is asked for. */
export interface NewestLook extends Look {
  state: string;
  held: bigint | null;
  oldestAgeMs: number | null;
  ageMethod: AgeMethod;
  ageNote: string;
}

export interface FailedLook {
  at: number;
  error: string;
}

export interface ChannelFacts {
  channelId: string;
  /** Successful looks of 65 minutes, ascending: each of the last two minutes, before that the last of each epoch and quarter of a minute, then minute. */
  looks: readonly Look[];
  /** The newest successful look. */
  newest: NewestLook | null;
  /** The newest look that failed, if none succeeded after it. */
  failing: FailedLook | null;
}

/** A source that is tapped, as its own looks describe it. */
export interface SourceFacts {
  id: string;
  name: string;
  /** How often it is looked at. */
  pollMs: number;
  /** The newest successful look at the source as a whole. */
  newest: { at: number; alarms: readonly string[]; blockedConnections: number | null } | null;
  failing: FailedLook | null;
}

export interface FailedMessages {
  reason: string;
  count: number;
}

export interface DeadLetterFacts {
  channel: ChannelFacts;
  /** Hops of all contracts whose dead letters lie in this channel, this one included. */
  hops: number;
  /** Failed messages of all these hops within the last five minutes, as far as contracts could tell whose they are. */
  knownFailures: number;
}

/** What the tap of a hop's channel says. */
export interface HopTapFacts {
  source: SourceFacts;
  channel: ChannelFacts;
  deadLetters: DeadLetterFacts | null;
  /** Messages of this hop that failed within the last five minutes, by reason, most frequent first. */
  failures: readonly FailedMessages[];
}
