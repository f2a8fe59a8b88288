import type { Histogram } from '../latency/histogram';
import type { HopTapFacts } from './backlog/tap-facts';

/** All instants are Unix milliseconds; minutes are receive-time minutes, named by their start. */
export interface MinuteFacts {
  start: number;
  enters: number;
  leaves: number;
  failedAttempts: number;
  /** Latency of the messages that left in this minute; null when none could be matched with its entry. */
  latency: Histogram | null;
}

export interface WindowFacts {
  enters: number;
  leaves: number;
  failedAttempts: number;
  latency: Histogram;
}

/** Facts that are seconds old, which minutes cannot give; from spans of single messages. */
export interface InFlightFacts {
  lastMinute: WindowFacts;
  lastHalfMinute: WindowFacts;
  lastFailureAt: number | null;
  /** Age of messages that entered and neither left nor failed, as a histogram. */
  waitingAge: Histogram;
  oldestWaitingAt: number | null;
  /** Messages whose entry and leaving were both seen. While it is 0 the message ids do not match, and nothing can be said about waiting. */
  matched: number;
}

export interface HopFacts {
  hopId: string;
  name: string;
  /** The last 65 minutes, ascending; a minute without facts is absent. */
  minutes: readonly MinuteFacts[];
  /** Null when nothing ever left. */
  lastLeaveAt: number | null;
  inFlight: InFlightFacts | null;
  /** Failed attempts of the last five minutes by dimension value. */
  failures: readonly DimensionFailures[];
  /** Null where nothing taps the channel of the hop. */
  tap: HopTapFacts | null;
}

export interface DimensionFailures {
  dimension: 'facility' | 'payer' | 'supplier' | 'reason';
  value: string;
  /** Display name. */
  name: string;
  failedAttempts: number;
  leaves: number;
}

export interface FlowFacts {
  /** In the order of the flow's path. */
  hops: readonly HopFacts[];
  /** Everything received up to here is counted; null when no receiver reports. */
  completeThrough: number | null;
  /** Receivers have been watching without a break since then: time before cannot be called silence. */
  observingSince: number | null;
  /** How often facts are collected. */
  pollMs: number;
}
