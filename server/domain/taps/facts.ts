/**
 * What taps bring: a closed set of facts about channels, the same for every technology. Instants are Unix milliseconds;
 * counters and sizes are bigint, because brokers count past 2^53; null is "not known" and never 0.
 */

/** How the age of the oldest waiting message was found. `head`: its own timestamp. `traced`: publishes minus consumer
 * spans. `rank`: the newest publishes seen by a tap, a lower bound. `row`: the oldest row of an interface table. */
export const AGE_METHODS = ['head', 'traced', 'rank', 'row', 'unknown'] as const;
export type AgeMethod = (typeof AGE_METHODS)[number];

/**
 * Totals since `epoch` began. A rate is a difference within one epoch; where the source counts anew (broker restarted,
 * queue recreated, statistics reset) the epoch is another one, and the difference between two epochs means nothing.
 */
export interface ChannelCounters {
  epoch: string;
  /** Came in: published to the queue, inserted into the table. */
  entered: bigint | null;
  /** Handed to a consumer or claimed, for the first time or again. */
  delivered: bigint | null;
  /** Left: acknowledged, or the row reached a final state. */
  left: bigint | null;
  /** Handed out again after a first delivery. */
  redelivered: bigint | null;
}

/** One look at one channel at one instant of the poll grid. */
export interface BacklogSample {
  kind: 'backlogSample';
  sourceId: string;
  channelId: string;
  /** Empty where the channel has no partitions. */
  partition: string;
  /** On the grid of the source's poll interval, so that a repeated look replaces the earlier one. */
  sampleTime: number;
  /** False: the look failed, all figures are null, and `error` says why. "No data" is not "nothing waits". */
  ok: boolean;
  error: string;
  /** What the source itself calls the kind, e.g. `classic`, `quorum`, `stream`, `table`. */
  channelType: string;
  /** The source's own word for the state, e.g. `running`, `idle`, `flow`, `down`, `missing`. */
  state: string;
  /** Ready to be taken. */
  waiting: bigint | null;
  /** Taken and not finished: unacknowledged, in progress. */
  inFlight: bigint | null;
  /** Rows in an error state; for queues null, their failures lie in the dead-letter queue. */
  failed: bigint | null;
  /** Held by somebody: rows in a held state. */
  held: bigint | null;
  consumers: number | null;
  counters: ChannelCounters | null;
  bytes: bigint | null;
  oldestAgeMs: number | null;
  ageMethod: AgeMethod;
  /** Why the age is unknown or only a bound, in a sentence; empty when there is nothing to say. */
  ageNote: string;
}

/** One look at the source as a whole. */
export interface SourceSample {
  kind: 'sourceSample';
  sourceId: string;
  sampleTime: number;
  ok: boolean;
  error: string;
  /** Time that the look took. */
  latencyMs: number;
  /** Alarms in force that stop or threaten intake, e.g. `memory`, `disk`; per node `memory:rabbit@a`. */
  alarms: string[];
  /** Connections that the source keeps from publishing. */
  blockedConnections: number | null;
  /** Channels seen in this look. */
  channels: number;
  /** The source's clock minus ours, as far as it could be measured. */
  clockDifferenceMs: number | null;
}

/** Business columns of a message, row or span, as the contract's rules read them; an empty string is "not known". */
export interface MappedRecord {
  flowId: string;
  hopId: string;
  messageId: string;
  facilityId: string;
  payerId: string;
  supplierId: string;
  departmentId: string;
  itemId: string;
  /** Keyed HMAC of the case key (`keyId:hex`) where the contract marks it as identifying, else the normalised key. */
  caseToken: string;
  /** The case key as it may be shown: masked where the contract marks it as identifying. */
  caseLabel: string;
  /** Decimal with at most four places, as text; never a float. */
  amount: string;
  currency: string;
  /** Why it failed: the contract's reason code, `UNCLASSIFIED` when it names none. Empty when it did not fail. */
  reason: string;
  contractVersion: string;
}

/** One dying of a message, as brokers record it (AMQP `x-death`: compressed by queue and reason, newest first). */
export interface Death {
  queue: string;
  reason: string;
  count: string;
  exchange: string;
  routingKeys: string[];
  /** First death of this queue and reason; RFC 3339, empty when not given. */
  time: string;
}

/** A message that the technology gave up on. A later version of the same item replaces it. */
export interface FailedMessage {
  kind: 'failedMessage';
  sourceId: string;
  /** Where it lies now: the dead-letter queue, or the table whose row is in error. */
  channelId: string;
  /** Where it failed: the work queue; for tables the same channel. */
  originChannelId: string;
  /** Stable identity of the item in its channel: message id, row key, else a hash of the content. Identifying row keys are tokens. */
  itemKey: string;
  /** `failed`, or `resolved` when it left the error state. */
  state: 'failed' | 'resolved';
  /** When it failed, as the source says; else when it was seen. */
  failedAt: number;
  seenAt: number;
  mapped: MappedRecord;
  /** The source's own word for the reason, e.g. `rejected`, `delivery_limit`, `expired`; for rows the error code. */
  nativeReason: string;
  /** Error text after masking; may be empty. */
  errorText: string;
  attempts: number | null;
  originExchange: string;
  originRoutingKey: string;
  deaths: Death[];
  sizeBytes: number;
  /** Only where the contract allows bodies, and masked. */
  body: string;
}

/** A copy of a message as the tap saw it pass. */
export interface TapMessage {
  kind: 'tapMessage';
  sourceId: string;
  /** The channel that it went to, as far as a contract says; else the exchange it was published to. */
  channelId: string;
  exchange: string;
  routingKey: string;
  /** Identity within the tap: a copy that is delivered again replaces the first. */
  copyKey: string;
  seenAt: number;
  /** The publisher's own timestamp; null when it sets none. */
  publishedAt: number | null;
  sizeBytes: number;
  contentType: string;
  traceId: string;
  spanId: string;
  /** The native message id; empty when the publisher sets none. */
  nativeMessageId: string;
  /** True when `mapped.messageId` was made from content and position, because the message names none. */
  isDerivedId: boolean;
  mapped: MappedRecord;
  /** Header names that it carried; values only of those that contracts declare and that identify nobody. */
  headerNames: string[];
  headers: Record<string, string>;
  body: string;
}

export function emptyMappedRecord(): MappedRecord {
  return {
    flowId: '', hopId: '', messageId: '', facilityId: '', payerId: '', supplierId: '', departmentId: '', itemId: '',
    caseToken: '', caseLabel: '', amount: '', currency: '', reason: '', contractVersion: '',
  };
}
