/** What people and machines see of the messages that an alternate received. Case keys as labels only. */
import type { Extent } from '@/server/domain/operations/plan';
import type { ReceivedCounts, ReceivedDecision } from '@/server/domain/operations/received-decision';

export interface ReceivedMessageView {
  /** Identity of the copy that the tap took. */
  copyKey: string;
  messageId: string | null;
  caseLabel: string | null;
  payerId: string | null;
  facilityId: string | null;
  amount: { amount: string; currency: string } | null;
  seenAt: string;
  /** Null: nobody has decided yet. */
  decision: ReceivedDecisionView | null;
}

export interface ReceivedDecisionView {
  decision: ReceivedDecision;
  reason: string;
  /** Where it can be looked up elsewhere, e.g. the alternate's number of a withdrawal. */
  reference: string | null;
  by: string;
  at: string;
}

export interface ReceivedSummary extends Extent {
  messages: string;
  cases: number;
}

export interface ReceivedPage {
  holdId: string;
  flowId: string;
  alternate: { id: string; name: string };
  /** The operation that rerouted; where it moves rows one by one, its journal is the list, and this one is empty. */
  openedBy: string;
  isJournaled: boolean;
  /** Whose messages were rerouted, in words; null: everybody's. */
  whose: string[] | null;
  from: string;
  /** Null: it is still rerouted. */
  until: string | null;
  /** Of everything within the caller's scope; null after the first page. */
  summary: ReceivedSummary | null;
  /** By what was decided of them, within the caller's scope, of the payer and facility that are asked for; null after the first page. */
  counts: ReceivedCounts | null;
  /** How many of the whole, within the caller's scope, had waited in the hold beneath the reroute and were sent on; null after the first page. */
  fromHold: number | null;
  /** Why nothing of the flow may be sent again; null: it may. */
  resendRefused: string | null;
  /** What somebody has to do after each decision. */
  whatToDo: Record<ReceivedDecision, string>;
  /** How many entered the alternate meanwhile by the source's own count, whosever they are and whoever sent them; null: not known. */
  sourceCount: string | null;
  /** Why the list may lack messages, as sentences; empty: nothing is known to lack. */
  gaps: string[];
  items: ReceivedMessageView[];
  nextCursor: string | null;
  asOf: string;
}
