/**
 * Rollups of `otel_traces`. Each is described once; its materialized view and its rebuild from raw (after an engine
 * died in the middle of an insert) are the same SELECT.
 */
import type { Table, View } from './ddl';

const ZSTD = 'ZSTD(1)';
const LC = 'LowCardinality(String)';
const sum = 'SimpleAggregateFunction(sum, UInt64)';
const max = (type: string) => `SimpleAggregateFunction(max, ${type})`;

/**
 * Latency as an integer histogram: bucket b holds durations in [2^((b+160)/16), 2^((b+161)/16)) ns, 16 buckets per
 * octave from about one microsecond, error of any quantile at most 2.2 %. Integers add up exactly in any order.
 */
export const latencyBucket = (nanoseconds: string) =>
  `toUInt16(least(511, greatest(0, toInt32(floor(log2(greatest(${nanoseconds}, 1)) * 16)) - 160)))`;

const HISTOGRAM = 'SimpleAggregateFunction(sumMap, Map(UInt16, UInt64))';
/** The exporter's spelling of an error. */
const failed = `Leg = 'attempt' AND StatusCode = 'Error'`;

export interface Rollup {
  table: Table;
  /** Which instant of a span decides its bucket: when we received it (health) or when it happened (charts). */
  clock: 'received' | 'event';
  /** Bucket expression over `otel_traces`; equals the table's `Minute`. */
  bucket: string;
  /** SELECT over `{from}` with `{where}` as an additional condition. */
  select: string;
}

function flowMinute(name: string, clock: Rollup['clock']): Rollup {
  const instant = clock === 'received' ? 'ReceivedAt' : 'Timestamp';
  return {
    clock,
    bucket: `toStartOfMinute(${instant})`,
    table: {
      name,
      columns: [
        { name: 'Minute', type: 'DateTime', codec: `DoubleDelta, ${ZSTD}` },
        { name: 'FlowId', type: LC },
        { name: 'HopId', type: LC },
        { name: 'Spans', type: sum },
        { name: 'Enters', type: sum },
        { name: 'Leaves', type: sum },
        { name: 'Attempts', type: sum },
        { name: 'FailedAttempts', type: sum },
        { name: 'LastSeen', type: max('DateTime64(3)') },
        { name: 'LastLeave', type: max('DateTime64(3)') },
        { name: 'DurSum', type: sum },
        { name: 'DurMax', type: max('UInt64') },
        { name: 'Lat', type: HISTOGRAM },
      ],
      engine: 'AggregatingMergeTree',
      partitionBy: `toDate(Minute, 'UTC')`,
      orderBy: '(FlowId, Minute, HopId)',
      shardBy: 'cityHash64(FlowId)',
      retentionDays: 400,
    },
    select: `SELECT toStartOfMinute(${instant}) AS Minute, FlowId, HopId,
  count() AS Spans, countIf(Leg = 'enter') AS Enters, countIf(Leg = 'leave') AS Leaves,
  countIf(Leg = 'attempt') AS Attempts, countIf(${failed}) AS FailedAttempts,
  max(ReceivedAt) AS LastSeen, maxIf(ReceivedAt, Leg = 'leave') AS LastLeave,
  sum(Duration) AS DurSum, max(Duration) AS DurMax,
  sumMapIf(map(${latencyBucket('Duration')}, toUInt64(1)), Leg IN ('leave', 'attempt')) AS Lat
FROM {from}
WHERE FlowId != '' AND {where}
GROUP BY Minute, FlowId, HopId`,
  };
}

const impactMinute: Rollup = {
  clock: 'received',
  bucket: 'toStartOfMinute(ReceivedAt)',
  table: {
    name: 'impact_minute',
    columns: [
      { name: 'Minute', type: 'DateTime', codec: `DoubleDelta, ${ZSTD}` },
      { name: 'Dim', type: `Enum8('facility' = 1, 'payer' = 2, 'supplier' = 3, 'reason' = 4)` },
      { name: 'Value', type: LC },
      { name: 'FlowId', type: LC },
      { name: 'HopId', type: LC },
      { name: 'Spans', type: sum },
      { name: 'Leaves', type: sum },
      { name: 'FailedAttempts', type: sum },
    ],
    engine: 'AggregatingMergeTree',
    partitionBy: `toDate(Minute, 'UTC')`,
    orderBy: '(Dim, Value, Minute, FlowId, HopId)',
    shardBy: 'cityHash64(FlowId)',
    retentionDays: 400,
  },
  select: `SELECT toStartOfMinute(ReceivedAt) AS Minute, d.1 AS Dim, d.2 AS Value, FlowId, HopId,
  count() AS Spans, countIf(Leg = 'leave') AS Leaves, countIf(${failed}) AS FailedAttempts
FROM {from}
ARRAY JOIN [('facility', toString(FacilityId)), ('payer', toString(PayerId)), ('supplier', toString(SupplierId)), ('reason', toString(Reason))] AS d
WHERE FlowId != '' AND d.2 != '' AND {where}
GROUP BY Minute, Dim, Value, FlowId, HopId`,
};

/** Rollups by minute, exact: the sum of `Spans` equals the raw rows with a flow (and, for impact, with the dimension). */
export const ROLLUPS: readonly Rollup[] = [flowMinute('flow_minute', 'received'), flowMinute('flow_event_minute', 'event'), impactMinute];

export function rollupView(rollup: Rollup): View {
  return { name: `${rollup.table.name}_mv`, to: rollup.table.name, from: 'otel_traces', select: rollup.select.replace('{where}', '1') };
}

/** The exporter's lookup from trace id to time range; minima and maxima, so that filling it twice changes nothing. */
export const TRACE_TIME_RANGE = {
  table: {
    name: 'otel_traces_trace_id_ts',
    columns: [
      { name: 'TraceId', type: 'String', codec: ZSTD },
      { name: 'Start', type: 'SimpleAggregateFunction(min, DateTime)', codec: ZSTD },
      { name: 'End', type: 'SimpleAggregateFunction(max, DateTime)', codec: ZSTD },
    ],
    engine: 'AggregatingMergeTree',
    partitionBy: `toStartOfWeek(Start, 0, 'UTC')`,
    orderBy: 'TraceId',
    shardBy: 'cityHash64(TraceId)',
    retentionDays: 30,
  } satisfies Table,
  select: `SELECT TraceId, toDateTime(min(Timestamp)) AS Start, toDateTime(max(Timestamp)) AS End
FROM {from}
WHERE TraceId != '' AND {where}
GROUP BY TraceId`,
};

export const traceTimeRangeView: View = {
  name: 'otel_traces_trace_id_ts_mv', to: 'otel_traces_trace_id_ts', from: 'otel_traces', select: TRACE_TIME_RANGE.select.replace('{where}', '1'),
};

/** Latency of a hop (leave end minus enter start of the same message), recomputed per minute; the highest version counts. */
export const HOP_LATENCY_MINUTE: Table = {
  name: 'hop_latency_minute',
  columns: [
    { name: 'Minute', type: 'DateTime', codec: `DoubleDelta, ${ZSTD}` },
    { name: 'FlowId', type: LC },
    { name: 'HopId', type: LC },
    { name: 'Messages', type: 'UInt64' },
    { name: 'MaxMs', type: 'UInt64' },
    { name: 'Lat', type: 'Map(UInt16, UInt64)' },
    { name: 'Version', type: 'UInt64' },
  ],
  engine: 'ReplacingMergeTree(Version)',
  partitionBy: `toDate(Minute, 'UTC')`,
  orderBy: '(FlowId, HopId, Minute)',
  shardBy: 'cityHash64(FlowId)',
  retentionDays: 400,
};
