import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { FlowFacts, HopFacts, InFlightFacts, MinuteFacts } from '@/server/domain/health/flow-facts';
import { sloOf } from '@/server/domain/health/flow-slo';
import { askFailureDimensions } from '@/server/queries/failure-dimensions';
import { askFlowMinutes } from '@/server/queries/flow-minutes';
import { askHopLatencyMinutes } from '@/server/queries/hop-latency-minutes';
import { askLastLeaves } from '@/server/queries/last-leaves';
import { askMessagesInFlight } from '@/server/queries/messages-in-flight';
import type { IngestProgress } from '@/server/services/ingest/read-ingest-progress';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import { readTapFacts } from './read-tap-facts';
import type { TappedSource } from './tapped-sources';

const MINUTE_MS = 60_000;
const HISTORY_MINUTES = 65;
const RECENT_MINUTES = 5;
const LONGEST_SILENCE_MS = 7 * 24 * 3_600_000;
const SHORTEST_FLIGHT_MS = 15 * MINUTE_MS;
const LONGEST_FLIGHT_MS = 60 * MINUTE_MS;

export const POLL_MS = 5_000;

/** Reads the facts of all flows at once: nine bounded questions at most, however many flows there are. */
export async function readFacts(clickhouse: ClickHouse, contracts: ContractSet, sources: ReadonlyMap<string, TappedSource>, progress: IngestProgress, nowMs: number): Promise<Map<string, FlowFacts>> {
  const running = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const historyFrom = running - HISTORY_MINUTES * MINUTE_MS;
  const recentFrom = running - (RECENT_MINUTES - 1) * MINUTE_MS;
  const [minutes, latency, dimensions, inFlight, lastLeaves, tapFactsOf] = await Promise.all([
    askFlowMinutes(clickhouse, { fromMs: historyFrom, toMs: nowMs }),
    askHopLatencyMinutes(clickhouse, { fromMs: recentFrom, toMs: nowMs }),
    askFailureDimensions(clickhouse, { fromMs: recentFrom, toMs: nowMs }),
    askMessagesInFlight(clickhouse, { fromMs: nowMs - flightWindowMs(contracts), toMs: nowMs }),
    askLastLeaves(clickhouse, { fromMs: Math.max(0, nowMs - LONGEST_SILENCE_MS), toMs: historyFrom }),
    readTapFacts(clickhouse, contracts.flows, sources, nowMs),
  ]);
  const names = displayNames(contracts);
  const minutesOf = groupByHop(minutes);
  const latencyOf = groupByHop(latency);
  const dimensionsOf = groupByHop(dimensions);
  const inFlightOf = groupByHop(inFlight);
  const lastLeaveOf = groupByHop(lastLeaves);
  return new Map(contracts.flows.map(({ metadata, spec }) => {
    const hops = spec.path.map((hop): HopFacts => {
      const key = hopKey({ flowId: metadata.id, hopId: hop.id });
      const latencyByMinute = new Map((latencyOf.get(key) ?? []).map((row) => [row.minute, row.latency]));
      const told = minutesOf.get(key) ?? [];
      const [flight] = inFlightOf.get(key) ?? [];
      return {
        hopId: hop.id,
        name: hop.name,
        minutes: told.map((row): MinuteFacts => ({
          start: row.minute * 1000, enters: row.enters, leaves: row.leaves, failedAttempts: row.failedAttempts, latency: latencyByMinute.get(row.minute) ?? null,
        })),
        lastLeaveAt: latest([...told, ...(lastLeaveOf.get(key) ?? [])].map((row) => row.lastLeaveMs)),
        inFlight: flight ? toInFlight(flight) : NOTHING_IN_FLIGHT,
        failures: (dimensionsOf.get(key) ?? []).map(({ dimension, value, failedAttempts, leaves }) => ({
          dimension, value, failedAttempts, leaves, name: names.get(value) ?? value,
        })),
        tap: tapFactsOf(metadata.id, hop),
      };
    });
    return [metadata.id, { hops, ...progress, pollMs: POLL_MS }];
  }));
}

const NOTHING = { enters: 0, leaves: 0, failedAttempts: 0, latency: new Map<number, number>() };
const NOTHING_IN_FLIGHT: InFlightFacts = { lastMinute: NOTHING, lastHalfMinute: NOTHING, lastFailureAt: null, waitingAge: new Map(), oldestWaitingAt: null, matched: 0 };

function toInFlight(row: Awaited<ReturnType<typeof askMessagesInFlight>>[number]): InFlightFacts {
  return {
    lastMinute: { enters: row.minuteEnters, leaves: row.minuteLeaves, failedAttempts: row.minuteFailures, latency: row.minuteLatency },
    lastHalfMinute: { enters: row.halfMinuteEnters, leaves: row.halfMinuteLeaves, failedAttempts: row.halfMinuteFailures, latency: row.halfMinuteLatency },
    lastFailureAt: row.lastFailureMs,
    waitingAge: row.waitingAge,
    oldestWaitingAt: row.oldestWaitingMs,
    matched: row.matchedMessages,
  };
}

/** Far enough back to see the oldest waiting message that any contract pages for, and never so far that it costs much. */
function flightWindowMs(contracts: ContractSet): number {
  const limits = contracts.flows.flatMap((contract) => {
    const slo = sloOf(contract);
    return [slo.oldestPageMs ?? 0, slo.oldestWarnMs ?? 0, slo.latencyP95Ms ?? 0];
  });
  return Math.min(LONGEST_FLIGHT_MS, Math.max(SHORTEST_FLIGHT_MS, ...limits.map((ms) => ms + RECENT_MINUTES * MINUTE_MS)));
}

/** Names of facilities, payers and suppliers as the lookups of the contracts give them. */
function displayNames(contracts: ContractSet): Map<string, string> {
  return new Map(contracts.lookups.flatMap((lookup) => Object.values(lookup.entries).map((entry) => [entry.id, entry.name] as const)));
}

function hopKey(row: { flowId: string; hopId: string }): string {
  return `${row.flowId}/${row.hopId}`;
}

function groupByHop<T extends { flowId: string; hopId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(hopKey(row));
    if (group) group.push(row);
    else groups.set(hopKey(row), [row]);
  }
  return groups;
}

function latest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((ms) => ms !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
