/** What people and machines see of operations and holds. Case keys as labels only. */
import type { HoldState, HoldKind } from '@/server/domain/operations/hold-states';
import type { ItemState } from '@/server/domain/operations/item-states';
import type { HoldMethod, OperationKind } from '@/server/domain/operations/kinds';
import type { OperationState } from '@/server/domain/operations/operation-states';
import type { HoldLimit, OperationPlan, PlanLock } from '@/server/domain/operations/plan';
import type { ShownStep } from '@/server/domain/operations/ramp';
import type { OperationRequest } from '@/server/domain/operations/request';
import type { StepState } from '@/server/domain/operations/step-states';

export interface OperationSummary {
  id: string;
  kind: OperationKind;
  flowId: string;
  flowName: string;
  hopId: string;
  channelId: string;
  method: HoldMethod | null;
  /** Null where it acts on several channels: each of its steps has a hold. */
  holdId: string | null;
  /** Channels besides that of `hopId`, which is the first; 0 where there is one. */
  moreChannels: number;
  state: OperationState;
  /** One sentence: what happens now, or how it ended. */
  summary: string;
  requestedBy: string;
  requestedAt: string;
  approvedBy: string | null;
  emergency: boolean;
  /** Emergency without a review yet. */
  reviewOpen: boolean;
  owner: string;
  startAt: string | null;
  finishedAt: string | null;
  /** Of a reroute that is over: messages that its alternate received and nobody has decided of, as last counted; 0 elsewhere. */
  undecided: number;
  /** Items by state; empty where nothing is journaled. */
  items: Partial<Record<ItemState, number>>;
}

export interface OperationView extends OperationSummary {
  request: OperationRequest;
  /** In the order of acting; empty where it acts on one channel. */
  steps: OperationStepView[];
  plan: OperationPlan | null;
  planHash: string | null;
  plannedAt: string | null;
  /** All that keeps it from being confirmed, contract and technology together. */
  locks: PlanLock[];
  reason: string | null;
  ticket: string | null;
  confirmedAt: string | null;
  /** The person who confirmed it, or who agreed first where a machine did; null where it waits for two people. */
  firstBy: string | null;
  approvedAt: string | null;
  approvalExpiresAt: string | null;
  reviewedBy: string | null;
  reviewedAt: string | null;
  stopRequestedBy: string | null;
  stopRequestedAt: string | null;
  startedAt: string | null;
  progress: OperationProgress;
  /** What the viewer may do with it now, each with the reason where not. */
  may: Record<OperationAct, { allowed: boolean; because: string }>;
  /** Who could approve: people with the role, by name, at most ten; nobody's address. */
  approvers: string[];
  events: OperationEvent[];
  asOf: string;
}

/** One channel of an operation over several. */
export interface OperationStepView {
  position: number;
  hopId: string;
  channelId: string;
  method: HoldMethod;
  /** Of the hold that it makes or ends; there is none before the step begins. */
  holdId: string;
  state: StepState;
  /** What happens to it now, or how it ended; empty before it begins. */
  sentence: string;
  startedAt: string | null;
  settledAt: string | null;
}

export const OPERATION_ACTS = ['confirm', 'emergency', 'approve', 'reject', 'stop', 'review', 'cancel'] as const;
export type OperationAct = (typeof OPERATION_ACTS)[number];

export interface OperationProgress {
  sentence?: string;
  moved?: number;
  /** Items or messages per second, decimal text. */
  perSecond?: string;
  /** What still waits, where it is counted. */
  left?: number;
  /** What comes in behind it meanwhile, decimal text; absent where it is not known. */
  incomingPerSecond?: string;
  /** First errors in words, at most five. */
  errors?: string[];
  /** Of a ramp, in order. */
  steps?: ShownStep[];
}

export interface OperationEvent {
  id: string;
  at: string;
  by: string;
  kind: string;
  sentence: string;
}

export interface OperationItemView {
  itemKey: string;
  position: number;
  state: ItemState;
  note: string;
  instead: string;
  messageId: string | null;
  caseLabel: string | null;
  facilityId: string | null;
  payerId: string | null;
  amount: { amount: string; currency: string } | null;
  reason: string | null;
  failedAt: string | null;
  sentAt: string | null;
  settledAt: string | null;
}

export interface HoldView {
  id: string;
  kind: HoldKind;
  flowId: string;
  flowName: string;
  hopId: string;
  channelId: string;
  method: HoldMethod;
  state: HoldState;
  observation: string;
  figures: Record<string, string>;
  outsideActs: string[];
  owner: string;
  ownedByViewer: boolean;
  requestedAt: string;
  heldAt: string | null;
  verifiedAt: string | null;
  /** Set when nobody could measure it for a while, e.g. after an outage of Signalbox. */
  unverifiedSince: string | null;
  reviewBy: string;
  reviewOverdue: boolean;
  /** Of a reroute that has expired and stays in place: since when that is decided, and why, e.g. what the probe of the primary said. */
  expiry: { at: string; sentence: string } | null;
  overAt: string | null;
  openedBy: string;
  /** Of a reroute: messages that its alternate received and nobody has decided of, as last counted; null: not counted. */
  undecided: number | null;
  budget: { earliest: HoldLimit | null; limits: HoldLimit[] };
  canary: { possible: boolean; sentence: string };
  nativeCommands: { what: string; command: string }[];
}

/** One lever of the frame: available, or locked with what locks it. */
export interface LeverView {
  kind: OperationKind;
  /** Of a pause. */
  method: HoldMethod | null;
  name: string;
  does: string;
  locked: string | null;
}

export interface LeverFrame {
  flowId: string;
  hopId: string;
  channelId: string;
  levers: LeverView[];
  holds: HoldView[];
  /** Alternates of the contract, for a reroute; `enrolments`: whose messages it takes today, in words, empty for everybody's. */
  alternates: { id: string; name: string; enrolledFrom: string | null; enrolledUntil: string | null; enrolments: string[] }[];
  /** Places of a failed message that the contract lets be changed before it is replayed. */
  editable: string[];
  /** Outcome stages of the contract, in order, for a ramp; empty: it names none. */
  stages: { name: string; withinMs: number }[];
  /** Longest hold that the contract allows, in milliseconds; null: the product's own eight hours. */
  maxHoldMs: number | null;
  maxRerouteMs: number;
  /** One switch disables all new lever actions everywhere. */
  leversDisabled: { by: string; at: string; reason: string } | null;
  asOf: string;
}
