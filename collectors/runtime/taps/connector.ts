/**
 * The one interface that every connector implements. A connector knows one technology; the runtime knows leases, the poll
 * grid, storage and reporting, and nothing of a technology.
 */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { TapMapper } from '@/server/domain/mapping/tap-mapper';
import type { ConnectableKind, Credentials, SettingsByKind } from '@/server/domain/sources/connection';
import type { SourceDescription } from '@/server/domain/sources/description';
import type { Discovery } from '@/server/domain/sources/discovery';
import type { BacklogSample, FailedMessage, SourceSample, TapMessage } from '@/server/domain/taps/facts';
import type { Logger } from '../logger';
import type { Levers } from '../operations/levers';

/** A source with everything needed to reach it. Credentials must never reach a log, an error message or a fact. */
export interface ConnectedSource<K extends ConnectableKind = ConnectableKind> {
  id: string;
  name: string;
  system: string;
  kind: K;
  settings: SettingsByKind[K];
  observe: Credentials | null;
  /** Separate and optional: without it the source is observe-only. */
  levers: Credentials | null;
}

/** The contracts in force, as far as a connector may look at them. Read anew at each poll: contracts change at run time. */
export interface ContractsInForce {
  /** All flows that are not retired. */
  flows: readonly FlowContract[];
  /** Reads business columns by the contracts' rules. */
  mapper: TapMapper;
}

export interface Connector<K extends ConnectableKind = ConnectableKind> {
  readonly kind: K;
  /** Looks whether the source is reachable and what can be done with it. Never throws for a source that is down or refuses. */
  describe(source: ConnectedSource<K>, signal: AbortSignal): Promise<SourceDescription>;
  /** Looks for channels and drafts contracts for those without one. @throws Error with a sentence for people */
  discover(source: ConnectedSource<K>, contracts: ContractsInForce, signal: AbortSignal): Promise<Discovery>;
  /**
   * Watches the source until `context.signal` aborts; resolves when everything is closed. Deals with an unreachable source
   * itself: failed looks are samples too, and it tries again with back-off. Must never change what it looks at.
   *
   * @throws Error only for what needs another start; the runtime starts it again with back-off
   */
  tap(source: ConnectedSource<K>, context: TapContext): Promise<void>;
  /** Absent: the technology is only looked at. */
  readonly levers?: Levers<K>;
}

export interface TapContext {
  /** Aborts when the lease is lost, the source is changed or removed, or the process stops. */
  signal: AbortSignal;
  /** Names this installation of Signalbox in what it leaves with a source that others may use too. */
  installation: string;
  /** The fence of the lease; stored with every sample. */
  fence: bigint;
  /**
   * Whether the lease still runs by this process's own monotonic clock. Ask immediately before anything that the source
   * could notice (declaring, binding, acknowledging): a process that was stopped for a while must not act late.
   */
  isHeld(): boolean;
  contracts(): ContractsInForce;
  /** Instants of the poll grid: multiples of the interval since the Unix epoch, so that all processes mean the same ones. */
  everyGridInstant(look: (sampleTime: number) => Promise<void>): Promise<void>;
  sink: TapSink;
  /** What Settings and `/api/v1/health` show of this tap; the newest call counts. */
  report(state: TapReport): void;
  logger: Logger;
  now(): number;
}

export interface TapSink {
  /** Samples of one look. Kept in bounded memory while ClickHouse is away; what does not fit is counted and shown. */
  samples(samples: readonly (BacklogSample | SourceSample)[]): void;
  /** Resolves when the messages are stored: only then may a tap acknowledge its own copies. Rejects when they were not. */
  messages(messages: readonly (TapMessage | FailedMessage)[]): Promise<void>;
  /**
   * Marks what is failed no more: the failed messages of a channel that were seen before an instant, except those that still
   * are there. For what left while nobody watched. Rejects when it could not be done; ask again later.
   *
   * @returns how many were marked
   */
  resolveFailures(channelId: string, gone: { seenBefore: number; stillFailed: ReadonlySet<string> }): Promise<number>;
  /** What was seen and could not be kept or understood, by reason; shown under Settings. */
  count(kind: TapCountKind, subject: string, count: number): void;
}

/** `tap-copies-dropped`: our own bounded queue overflowed. `tap-undecodable`: kept as far as understood. `tap-samples-dropped`: ClickHouse was away too long. */
export type TapCountKind = 'tap-copies-dropped' | 'tap-undecodable' | 'tap-samples-dropped' | 'tap-rows-skipped';

export interface TapReport {
  status: 'ok' | 'warning' | 'down';
  /** One sentence: what is tapped, or what is wrong and what to do. */
  summary: string;
  lastSuccessAt: number | null;
  latencyMs: number | null;
  /** Channels or rows that the last look read. */
  rows: number | null;
  lastError: string | null;
  /** More for the detail page; no secrets, no message content. */
  detail: Record<string, string | number | boolean | null | string[]>;
}
