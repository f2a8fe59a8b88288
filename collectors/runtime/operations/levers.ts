/**
 * The acting half of a connector. The runtime knows operations, journals, fences and policy, and nothing of a technology; a
 * connector knows how its technology is held and moved, and nothing of approvals. Levers state what they guarantee.
 */
import type { Channel } from '@/server/domain/contracts/channel';
import type { FlowContract, FlowHop } from '@/server/domain/contracts/flow-schema';
import type { Json } from '@/server/domain/canonical-json';
import type { EditChange } from '@/server/domain/operations/edit';
import type { Enrolled } from '@/server/domain/operations/enrolment';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { ShownStep } from '@/server/domain/operations/ramp';
import type { CanarySelection } from '@/server/domain/operations/request';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { MappedRecord } from '@/server/domain/taps/facts';
import type { Logger } from '../logger';
import type { ConnectedSource, ContractsInForce } from '../taps/connector';

/** Which channel of which flow a lever is pulled on. */
export interface LeverTarget {
  flow: FlowContract;
  hop: FlowHop;
  channel: Channel;
  channelId: string;
}

/** A hold that is in place, as the connector left it. */
export interface HoldInPlace {
  id: string;
  method: HoldMethod;
  /** `ConnectorPlan.action` of the operation that made it. */
  action: Json;
  /** What the connector remembered with `LeverRun.remember`. */
  record: Json;
  requestedAt: Date;
}

/** One failed message or row that a replay is asked for. */
export interface ReplayItem {
  itemKey: string;
  position: number;
  messageId: string;
}

export type LeverRequest =
  | { kind: 'pause'; holdId: string; method: HoldMethod }
  | { kind: 'canary'; hold: HoldInPlace; which: CanarySelection; perSecond?: number | null }
  | { kind: 'release'; hold: HoldInPlace; perSecond: number | null }
  | { kind: 'replay'; items: readonly ReplayItem[]; to: 'queue' | 'exchange'; perSecond: number | null; order: 'fifo' | 'fifo-per-key' | 'any'; edit?: readonly EditChange[] | null }
  /**
   * `enrolled`: whose messages the alternate takes; others stay with the primary. Null or absent: everybody's. `over`: the pause that it
   * lies over; what it holds of those whom the reroute takes goes along, at `perSecond`, and everything else stays held.
   */
  | { kind: 'reroute'; holdId: string; alternate: string; only: Enrolled | null; enrolled?: readonly Enrolled[] | null; over?: HoldInPlace | null; perSecond?: number | null }
  | { kind: 'restore'; hold: HoldInPlace };

export interface LeverContext {
  signal: AbortSignal;
  /** Names this installation in what it leaves with a source. */
  installation: string;
  operationId: string;
  contracts(): ContractsInForce;
  logger: Logger;
  now(): number;
}

export interface Levers<K extends ConnectableKind = ConnectableKind> {
  /**
   * Looks, and changes nothing. What keeps the lever from being pulled is a lock in the answer, not an error.
   *
   * @throws Error with a sentence for people when the source cannot be looked at
   */
  plan(source: ConnectedSource<K>, target: LeverTarget, request: LeverRequest, context: LeverContext): Promise<ConnectorPlan>;
  /**
   * Carries the plan out. Called again with the same plan after a crash or a lost connection: everything in it is desired
   * state, so that a second call finishes what the first began and repeats nothing. `plan.topology` has been compared with a
   * new look just before the first call.
   *
   * @throws SourceAway while the source cannot be reached: the operation waits, says so, and is continued
   * @throws Error with a sentence for people when it cannot be carried out; the runtime then calls `undo`
   */
  execute(source: ConnectedSource<K>, target: LeverTarget, request: LeverRequest, plan: ConnectorPlan, run: LeverRun): Promise<LeverResult>;
  /** Takes back what an interrupted `execute` of a pause or reroute left half done; nothing is lost by it. */
  undo(source: ConnectedSource<K>, target: LeverTarget, request: LeverRequest, plan: ConnectorPlan, run: LeverRun): Promise<void>;
  /** Measures a hold. Takes at most two seconds. Never throws for a source that is away: `unreachable` is an observation. */
  observe(source: ConnectedSource<K>, target: LeverTarget, hold: HoldInPlace, context: LeverContext): Promise<HoldObservation>;
  /** Puts a hold back in place that the platform or somebody dropped. Same rules as `execute`. */
  reassert(source: ConnectedSource<K>, target: LeverTarget, hold: HoldInPlace, context: LeverContext): Promise<void>;
}

/** How it ended, in one sentence, and how many messages moved where the journal does not say. */
export interface LeverResult {
  sentence: string;
  moved: number | null;
  /** Of those that moved, how many may have arrived twice; never hidden. */
  possibleDuplicates: number;
  /** False: stopped on request, or something was left over; the sentence says what. */
  complete: boolean;
  /** False, of a reroute that was stopped: what waited is as the journal says, and nothing leads new messages to the alternate. */
  inPlace?: boolean;
}

/** At most so long the figures of a look may lag behind, where a source counts by statistics (RabbitMQ 3.10, measured). */
export const FIGURES_LAG_MS = 7_000;

export interface HoldObservation {
  /**
   * `held`: measured, nothing passes. `draining`: in place, but something is still on its way. `leaking`: something passes.
   * `dropped`: the hold is not in place any more. `active`: a reroute is in place. `unreachable`: nobody could look.
   */
  state: 'held' | 'draining' | 'leaking' | 'dropped' | 'active' | 'unreachable';
  sentence: string;
  /** Decimal text or words, by name, e.g. `waiting`, `parked`, `consumers`, `passed`. Those of a reroute that others read: `REROUTE_FIGURES`. */
  figures: Record<string, string>;
  /** What somebody else did to it, as sentences; empty when nothing was found. */
  outsideActs: string[];
}

/** The source does not answer. The operation waits and is continued; nothing is counted twice. */
export class SourceAway extends Error {}

/** What an execution runs with. Every write of it is refused once another process has taken the operation over. */
export interface LeverRun extends LeverContext {
  /** By the monotonic clock; ask immediately before every act that the source could notice. */
  isHeld(): boolean;
  /** Somebody pulled the stop lever: finish what is in the air, begin nothing new, return `complete: false`. */
  stopRequested(): boolean;
  /** The connector's own notes, e.g. a limit to restore; read back from `recorded` after a crash. */
  remember(record: Json): Promise<void>;
  readonly recorded: Json;
  /** The fence with which this life of the execution acts; grows with each. */
  readonly fence: bigint;
  /** Shown live. `left`: how many still wait, counted at about the same moment; with it people are told when it ends, or that it never does. */
  progress(state: { sentence: string; moved?: number; left?: number; steps?: ShownStep[] }): void;
  journal: ItemJournal;
  /**
   * Which of these marks (`<operation>/<position>`) the tap saw on messages since the operation began. A copy proves that the
   * broker took the message; no copy proves nothing. Null: nobody keeps copies. @throws when ClickHouse does not answer
   */
  seenCopies(marks: readonly string[]): Promise<ReadonlySet<string> | null>;
  /**
   * Audits that the one message of a replay is changed, immediately before it is sent: which places, with digests of the values
   * before and after. The values themselves go nowhere.
   */
  edited(before: readonly EditChange[]): Promise<void>;
  /**
   * Asks the contract's preconditions for one item, immediately before it is sent. `fields` gives the business values in
   * clear; they go into probes only. A refused item must not be sent; journal it as skipped with the reason.
   */
  mayAct(item: { itemKey: string; mapped: MappedRecord }, fields: (name: string) => string | undefined): Promise<{ ok: true } | { ok: false; reason: string; instead: string }>;
}

export interface JournalItem {
  itemKey: string;
  position: number;
  state: 'pending' | 'sending' | 'sent' | 'other';
  messageId: string;
}

/** Rows of `operation_items`, written under the fence. */
export interface ItemJournal {
  /** Items that are not settled, in order: to be sent, or `sending` or `sent` by a former life. */
  open(): Promise<JournalItem[]>;
  /** What a canary or a release finds on its way, so that it can be judged afterwards. Known keys are left as they are. */
  add(items: readonly { itemKey: string; messageId: string; mapped: MappedRecord }[]): Promise<void>;
  /**
   * `pending` → `sending` before the act, at most 200 at once.
   *
   * @param sentBefore `sent` for these in the same write, where the next batch follows the one before at once
   * @returns the keys that were claimed; others must not be sent
   */
  claim(itemKeys: readonly string[], sentBefore?: readonly string[]): Promise<Set<string>>;
  /** `sending` → `sent`: confirmed by the broker, or committed. */
  sent(itemKeys: readonly string[]): Promise<void>;
  /** `sending` → `pending`: it is proved that it was not sent. */
  notSent(itemKeys: readonly string[]): Promise<void>;
  /** Not acted on, for this reason. */
  skip(items: readonly { itemKey: string; note: string; instead?: string }[]): Promise<void>;
  /** `sending` or `sent` → `unknown`: nobody can tell. */
  unknown(items: readonly { itemKey: string; note: string }[]): Promise<void>;
}

/** This life of the operation is over: another process has it, or this one slept too long. Nothing more may be done. */
export class FenceLost extends Error {
  constructor() {
    super('Another collector has taken this operation over.');
  }
}
