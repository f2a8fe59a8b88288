import type { ClickHouse } from '@/server/store/clickhouse/client';
import { latencyBucket } from '@/server/store/clickhouse/rollups';
import type { Job } from './job';

const MINUTE_MS = 60_000;
const EVERY_MS = 5_000;
/** Minutes that are recomputed each time: what arrives later than this is counted by the final pass. */
const OPEN_MINUTES = 3;
const NEAR_ENTRY_MS = 30 * MINUTE_MS;
const FAR_ENTRY_MS = 24 * 60 * MINUTE_MS;

/**
 * Latency of hops per minute: leave end minus enter start of the same message. The newest minutes are recomputed every
 * few seconds with entries of the last half hour; each minute once more when it has closed, with entries of a whole day.
 * Each computation replaces the one before (highest version), so repeating it changes nothing.
 */
export function latencySettleJob(options: { clickhouse: ClickHouse; now: () => Date }): Job {
  let closedThrough: number | null = null;
  return {
    name: 'latency-settle',
    everyMs: EVERY_MS,
    async run() {
      const nowMs = options.now().getTime();
      const running = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
      const firstOpen = running - (OPEN_MINUTES - 1) * MINUTE_MS;
      await settle({ fromMs: firstOpen, toMs: running + MINUTE_MS, entryFromMs: firstOpen - NEAR_ENTRY_MS, version: nowMs });
      if (closedThrough === firstOpen) return;
      await settle({ fromMs: firstOpen - MINUTE_MS, toMs: firstOpen, entryFromMs: firstOpen - FAR_ENTRY_MS, version: nowMs });
      closedThrough = firstOpen;
    },
  };

  function settle(window: SettleWindow): Promise<void> {
    return options.clickhouse.command(settleStatement(window), { settings: { log_comment: 'settle hop latency', max_execution_time: 20 } });
  }
}

interface SettleWindow {
  /** Receive time of the leaves, from inclusive, to exclusive; whole minutes. */
  fromMs: number;
  toMs: number;
  /** Receive time of the earliest entry that is looked for. */
  entryFromMs: number;
  version: number;
}

/** Reads raw spans by receive time (minmax index); all numbers in it are integers made here. */
function settleStatement({ fromMs, toMs, entryFromMs, version }: SettleWindow): string {
  const instant = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${Math.trunc(ms)}))`;
  return `INSERT INTO hop_latency_minute (Minute, FlowId, HopId, Messages, MaxMs, Lat, Version)
WITH leaves AS (
  SELECT FlowId, HopId, MessageId, max(ReceivedAt) AS leftAt, max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) AS leaveNs
  FROM otel_traces
  WHERE ReceivedAt >= ${instant(fromMs)} AND ReceivedAt < ${instant(toMs)} AND Leg = 'leave' AND FlowId != '' AND MessageId != ''
  GROUP BY FlowId, HopId, MessageId
), enters AS (
  SELECT FlowId, HopId, MessageId, min(toUnixTimestamp64Nano(Timestamp)) AS enterNs
  FROM otel_traces
  WHERE ReceivedAt >= ${instant(entryFromMs)} AND ReceivedAt < ${instant(toMs)} AND Leg = 'enter'
    AND (FlowId, HopId, MessageId) IN (SELECT FlowId, HopId, MessageId FROM leaves)
  GROUP BY FlowId, HopId, MessageId
)
SELECT toStartOfMinute(leftAt) AS Minute, FlowId, HopId, count() AS Messages, toUInt64(intDiv(max(greatest(0, leaveNs - enterNs)), 1000000)) AS MaxMs,
  sumMap(map(${latencyBucket('greatest(0, leaveNs - enterNs)')}, toUInt64(1))) AS Lat, toUInt64(${Math.trunc(version)}) AS Version
FROM leaves INNER JOIN enters USING (FlowId, HopId, MessageId)
GROUP BY Minute, FlowId, HopId`;
}
