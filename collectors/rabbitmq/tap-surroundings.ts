/** What the poll of a broker and its message tap know of each other. */
import type { AgeEvidence } from './age';
import type { BrokerAlarms } from './broker-alarms';
import type { TopologyView } from './topology';

/** Totals and depth of one queue at the last successful look; null is "not known". */
export interface QueueLook {
  sampleTime: number;
  ready: bigint | null;
  unacked: bigint | null;
  published: bigint | null;
  /** Handed to consumers, with or without acknowledgement. */
  delivered: bigint | null;
}

export interface TapSurroundings {
  alarms: BrokerAlarms;
  topology: TopologyView;
  /** Any queue of the watched virtual hosts, our own tap queues included; undefined when the last look did not show it. */
  queue(vhost: string, name: string): QueueLook | undefined;
  /** Called by the message tap once it can tell ages. */
  provideAges(evidence: AgeEvidence): void;
}
