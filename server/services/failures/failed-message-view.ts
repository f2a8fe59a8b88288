/** What people and machines see of failed messages. Case keys as their short label only, never in clear. */
import type { Death } from '@/server/domain/taps/facts';

export interface FailedMessageView {
  sourceId: string;
  /** Where it lies now: the dead-letter queue, or the table whose row is in error. */
  channelId: string;
  /** Where it failed. */
  originChannelId: string;
  /** Identity within its channel. */
  itemKey: string;
  hopId: string | null;
  failedAt: string;
  seenAt: string;
  messageId: string | null;
  /** The contract's code, else the source's own word; null where neither is known. */
  reason: string | null;
  nativeReason: string | null;
  errorText: string | null;
  attempts: number | null;
  facilityId: string | null;
  payerId: string | null;
  supplierId: string | null;
  departmentId: string | null;
  itemId: string | null;
  caseLabel: string | null;
  amount: { amount: string; currency: string } | null;
  originExchange: string | null;
  originRoutingKey: string | null;
  /** Newest first. */
  deaths: Death[];
  sizeBytes: string;
  contractVersion: string | null;
}

export interface FailedMessagePage {
  items: FailedMessageView[];
  /** Pass as `cursor` to go on; null on the last page. */
  nextCursor: string | null;
  asOf: string;
}

export interface FailureReasons {
  /** Most frequent first; at most 200. */
  items: { reason: string | null; messages: number; firstAt: string; lastAt: string }[];
  asOf: string;
}
