import { bucketOf } from '../latency/histogram';
import type { FlowFacts, HopFacts, InFlightFacts, MinuteFacts } from './flow-facts';
import type { FlowSlo } from './flow-slo';
import { MINUTE_MS } from './minutes';

/** 12:00:30 UTC: the running minute is half over. */
export const NOW = Date.UTC(2026, 10, 20, 12, 0, 30);
export const RUNNING = Math.floor(NOW / MINUTE_MS) * MINUTE_MS;

export const SLO: FlowSlo = {
  objective: 0.995, objectiveFromContract: true, latencyP95Ms: 4_000, backlogWarn: null, backlogPage: null, oldestWarnMs: 600_000, oldestPageMs: 1_800_000,
};

/** A histogram with `count` messages of `ms` each, per entry. */
export function latencies(...entries: [ms: number, count: number][]): Map<number, number> {
  return new Map(entries.filter(([, count]) => count > 0).map(([ms, count]) => [bucketOf(ms * 1e6), count]));
}

export interface MinuteShape { leaves?: number; enters?: number; failedAttempts?: number; latencyMs?: number }

/** Minutes counted back from the running one: `minute(0)` is running, `minute(1)` the last complete one. */
export function minute(ago: number, shape: MinuteShape = {}): MinuteFacts {
  const leaves = shape.leaves ?? 30;
  return {
    start: RUNNING - ago * MINUTE_MS, leaves, enters: shape.enters ?? leaves, failedAttempts: shape.failedAttempts ?? 0,
    latency: leaves > 0 ? latencies([shape.latencyMs ?? 400, leaves]) : null,
  };
}

/** An hour of steady traffic, with some minutes told otherwise; `null` leaves a minute out. */
export function anHour(told: Record<number, MinuteShape | null> = {}): MinuteFacts[] {
  return Array.from({ length: 61 }, (_, i) => 60 - i).flatMap((ago) => {
    const shape = told[ago];
    if (shape === null) return [];
    return [minute(ago, shape ?? (ago === 0 ? { leaves: 15 } : {}))];
  });
}

export function inFlight(told: Partial<InFlightFacts> = {}): InFlightFacts {
  return {
    lastMinute: { enters: 30, leaves: 30, failedAttempts: 0, latency: latencies([400, 30]) },
    lastHalfMinute: { enters: 15, leaves: 15, failedAttempts: 0, latency: latencies([400, 15]) },
    lastFailureAt: null, waitingAge: new Map(), oldestWaitingAt: null, matched: 100, ...told,
  };
}

export function hop(told: Partial<HopFacts> = {}): HopFacts {
  return { hopId: 'erp', name: 'ERP interface', minutes: anHour(), lastLeaveAt: NOW - 2_000, inFlight: inFlight(), failures: [], tap: null, ...told };
}

export function facts(...hops: HopFacts[]): FlowFacts {
  return { hops: hops.length > 0 ? hops : [hop()], completeThrough: NOW - 1_000, observingSince: NOW - 3 * 3_600_000, pollMs: 5_000 };
}
