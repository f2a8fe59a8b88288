/**
 * What people and machines see of a flow: the shapes shared by the overview page, tRPC, REST and the CLI.
 * Instants are RFC 3339 UTC strings; durations integer milliseconds; a number that may be unknown is null and the
 * status says why. Flow-level technical figures are whole-flow for everyone who may read the flow.
 */

import type { AgeMethod } from '../taps/facts';

export const STATUSES = ['failing', 'degraded', 'silent', 'held', 'unknown', 'healthy'] as const;
export type Status = (typeof STATUSES)[number];

export const CRITICALITIES = ['C1', 'C2', 'C3', 'C4'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** `recovering`: the rule still sees the fault in its window, but the fault has ended. `settled`: nothing is changing. */
export type Phase = 'active' | 'recovering' | 'settled';

export interface FlowHealth {
  status: Status;
  phase: Phase;
  /** Stable id of the rule that decided, e.g. `error-rate`, `latency-p95`, `silence`, `stale-facts`, `none`. */
  rule: string;
  /** The reason in words with the number behind it, e.g. `31 % of attempts failed in 5 min (37 of 119), mostly ERP_503`. */
  reason: string;
  since: string;
  evaluatedAt: string;
}

/** Where the trouble is concentrated, in words and as evidence; null when nothing is wrong or it is spread out. */
export interface FlowScope {
  text: string;
  dimension: 'facility' | 'payer' | 'supplier' | 'reason' | null;
  value: string | null;
  /** 0..1 share of the failed attempts (or late messages) that this value holds. */
  share: number | null;
}

export interface SparkPoint {
  /** Start of the minute. */
  minute: string;
  /** Null where facts are missing (gap), 0 where nothing left. */
  leaves: number | null;
  failedAttempts: number | null;
  /** False for the minute that is still filling: drawn dashed. */
  complete: boolean;
}

/** When a backlog will be worked off, from measured arrival and service rates; a range, because rates vary. */
export type DrainForecast =
  | { kind: 'empty' }
  | { kind: 'draining'; fromMs: number; toMs: number }
  /** More comes in than leaves. */
  | { kind: 'growing'; perMinute: number }
  | { kind: 'unknown'; reason: string };

/** What waits at a hop, measured at its channel. Counts are strings (64 bit); null is not known, never 0. */
export interface HopBacklog {
  waiting: string | null;
  /** Taken and not finished: unacknowledged, in progress. */
  inFlight: string | null;
  /** In error at the channel itself (rows of an interface table); for queues null, see `deadLetters`. */
  failed: string | null;
  held: string | null;
  consumers: number | null;
  oldestAgeMs: number | null;
  ageMethod: AgeMethod;
  /** Why the age is unknown or only a bound; empty when there is nothing to say. */
  ageNote: string;
  enteredPerMinute: number | null;
  leftPerMinute: number | null;
  redeliveredPerMinute: number | null;
  drain: DrainForecast;
  /** The dead-letter channel of the hop, where it has one. */
  deadLetters: { channelId: string; waiting: string | null; enteredPerMinute: number | null } | null;
  sampledAt: string | null;
  /** Why there are no current figures, e.g. the last failed look in words; null while samples are current. */
  problem: string | null;
}

export interface HopFigures {
  hopId: string;
  name: string;
  channelId: string;
  enteredPerMinute: number | null;
  leftPerMinute: number | null;
  errorRate: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  lastLeaveAt: string | null;
  /** Null where nothing taps the channel. */
  backlog: HopBacklog | null;
}

/** What waits at the tapped hops of a flow. */
export interface FlowBacklog {
  /** Sum over the hops where it is known, as a string (64 bit). */
  waiting: string;
  /** Of all hops; null where no age is known. */
  oldestAgeMs: number | null;
  /** The oldest has waited at least that long. */
  ageIsLowerBound: boolean;
}

export interface FlowRow {
  id: string;
  name: string;
  criticality: Criticality;
  processes: { id: string; name: string }[];
  owner: { business: string | null; technical: string | null; oncall: string | null };
  health: FlowHealth;
  scope: FlowScope | null;
  /** Messages that left the last hop, per minute over the last five complete minutes. */
  messagesPerMinute: number | null;
  errorRate: number | null;
  p95Ms: number | null;
  lastLeaveAt: string | null;
  /** Null where nothing measures what waits. */
  backlog: FlowBacklog | null;
  sparkline: SparkPoint[];
}

export interface FlowDetail extends FlowRow {
  runbook: string | null;
  contract: { version: string; lifecycle: string; sha256: string; file: string; loadedAt: string };
  slo: { objective: number | null; latencyP95Ms: number | null; origin: string | null };
  hops: HopFigures[];
  /** Newest first. */
  statusChanges: { at: string; from: Status | null; to: Status; reason: string }[];
  recentTraces: { traceId: string; startedAt: string; durationMs: number; isError: boolean; reason: string }[];
}

export interface ProcessGroup {
  /** Null groups flows that no process names. */
  process: { id: string; name: string } | null;
  flows: FlowRow[];
  messagesPerMinute: number | null;
}

export interface Overview {
  asOf: string;
  /** Facts are complete up to here; null when there are none yet. */
  completeThrough: string | null;
  counts: Record<Status, number>;
  /** Unhealthy flows, ordered by criticality, then status, then since when. */
  trouble: FlowRow[];
  healthy: ProcessGroup[];
  /** What of Signalbox itself is not well, in words; shown as a banner. */
  notices: { severity: 'warning' | 'error'; text: string; action: string }[];
}

/** Health of Signalbox itself: one entry per part. */
export interface ComponentHealth {
  component: string;
  instance: string;
  status: 'ok' | 'warning' | 'down';
  summary: string;
  detail: Record<string, unknown>;
  reportedAt: string | null;
}
