/** Tables of what taps bring. Rows replace each other by key, so that a repeated look or delivery counts once. */
import type { Table } from './ddl';
import type { Column } from './spans-table';

const ZSTD = 'ZSTD(1)';
const LC = 'LowCardinality(String)';
const INSTANT = 'DateTime64(3)';
const COUNTER = `Nullable(UInt64)`;

/** The fence of the lease under which a row was written: of two writers of one instant the later holder counts. */
const FENCE: Column = { name: 'Fence', type: 'UInt64' };

const MAPPED: readonly Column[] = [
  { name: 'FlowId', type: LC },
  { name: 'HopId', type: LC },
  { name: 'MessageId', type: 'String', codec: ZSTD },
  { name: 'FacilityId', type: LC },
  { name: 'PayerId', type: LC },
  { name: 'SupplierId', type: LC },
  { name: 'DepartmentId', type: LC },
  { name: 'ItemId', type: LC },
  { name: 'CaseToken', type: 'String', codec: ZSTD },
  { name: 'CaseLabel', type: 'String', codec: ZSTD },
  { name: 'Amount', type: 'Nullable(Decimal(18, 4))', codec: ZSTD },
  { name: 'Currency', type: LC },
  { name: 'Reason', type: LC },
  { name: 'ContractVersion', type: LC },
];

/** One row per channel and instant of the poll grid. Counters are totals with their epoch: rates never cross one. */
export const BACKLOG_SAMPLES: Table = {
  name: 'backlog_samples',
  columns: [
    { name: 'SourceId', type: LC },
    { name: 'ChannelId', type: LC },
    { name: 'Partition', type: LC },
    { name: 'SampleTime', type: INSTANT, codec: `DoubleDelta, ${ZSTD}` },
    { name: 'Ok', type: 'Bool' },
    { name: 'Error', type: LC },
    { name: 'ChannelType', type: LC },
    { name: 'State', type: LC },
    { name: 'Waiting', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'InFlight', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'Failed', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'Held', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'Consumers', type: 'Nullable(UInt32)', codec: `T64, ${ZSTD}` },
    { name: 'Epoch', type: LC },
    { name: 'Entered', type: COUNTER, codec: `Delta(8), ${ZSTD}` },
    { name: 'Delivered', type: COUNTER, codec: `Delta(8), ${ZSTD}` },
    { name: 'Left', type: COUNTER, codec: `Delta(8), ${ZSTD}` },
    { name: 'Redelivered', type: COUNTER, codec: `Delta(8), ${ZSTD}` },
    { name: 'Bytes', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'OldestAgeMs', type: COUNTER, codec: `T64, ${ZSTD}` },
    { name: 'AgeMethod', type: LC },
    { name: 'AgeNote', type: LC },
    FENCE,
  ],
  engine: 'ReplacingMergeTree(Fence)',
  partitionBy: `toDate(SampleTime, 'UTC')`,
  orderBy: '(SourceId, ChannelId, Partition, SampleTime)',
  shardBy: 'cityHash64(SourceId)',
  retentionDays: 30,
};

export const SOURCE_SAMPLES: Table = {
  name: 'source_samples',
  columns: [
    { name: 'SourceId', type: LC },
    { name: 'SampleTime', type: INSTANT, codec: `DoubleDelta, ${ZSTD}` },
    { name: 'Ok', type: 'Bool' },
    { name: 'Error', type: LC },
    { name: 'LatencyMs', type: 'UInt32', codec: `T64, ${ZSTD}` },
    { name: 'Alarms', type: `Array(${LC})` },
    { name: 'BlockedConnections', type: 'Nullable(UInt32)', codec: `T64, ${ZSTD}` },
    { name: 'Channels', type: 'UInt32', codec: `T64, ${ZSTD}` },
    { name: 'ClockDifferenceMs', type: 'Nullable(Int64)', codec: ZSTD },
    FENCE,
  ],
  engine: 'ReplacingMergeTree(Fence)',
  partitionBy: `toDate(SampleTime, 'UTC')`,
  orderBy: '(SourceId, SampleTime)',
  shardBy: 'cityHash64(SourceId)',
  retentionDays: 30,
};

/**
 * Partitioned by the first instant that never changes for an item, so that its versions meet; `Version` is when it was
 * seen, and a resolved row replaces the failed one.
 */
export const FAILED_MESSAGES: Table = {
  name: 'failed_messages',
  columns: [
    { name: 'SourceId', type: LC },
    { name: 'ChannelId', type: LC },
    { name: 'OriginChannelId', type: LC },
    { name: 'ItemKey', type: 'String', codec: ZSTD },
    { name: 'State', type: `Enum8('failed' = 1, 'resolved' = 2)` },
    { name: 'FailedAt', type: INSTANT, codec: ZSTD },
    { name: 'SeenAt', type: INSTANT, codec: ZSTD },
    ...MAPPED,
    { name: 'NativeReason', type: LC },
    { name: 'ErrorText', type: 'String', codec: ZSTD },
    { name: 'Attempts', type: 'Nullable(UInt32)' },
    { name: 'OriginExchange', type: LC },
    { name: 'OriginRoutingKey', type: LC },
    { name: 'Deaths', type: 'String', codec: ZSTD },
    { name: 'SizeBytes', type: 'UInt64' },
    { name: 'Body', type: 'String', codec: ZSTD },
    { name: 'Version', type: 'UInt64' },
  ],
  indexes: ['idx_flow FlowId TYPE set(64) GRANULARITY 1', 'idx_message_id MessageId TYPE bloom_filter(0.001) GRANULARITY 1', 'idx_case CaseToken TYPE bloom_filter(0.01) GRANULARITY 1'],
  engine: 'ReplacingMergeTree(Version)',
  partitionBy: `toStartOfWeek(FailedAt, 0, 'UTC')`,
  orderBy: '(SourceId, ChannelId, ItemKey)',
  shardBy: 'cityHash64(SourceId, ChannelId, ItemKey)',
  retentionDays: 400,
};

export const TAP_MESSAGES: Table = {
  name: 'tap_messages',
  columns: [
    { name: 'SourceId', type: LC },
    { name: 'ChannelId', type: LC },
    { name: 'Exchange', type: LC },
    { name: 'RoutingKey', type: LC },
    { name: 'CopyKey', type: 'String', codec: ZSTD },
    { name: 'SeenAt', type: INSTANT, codec: `Delta(8), ${ZSTD}` },
    { name: 'PublishedAt', type: `Nullable(${INSTANT})`, codec: ZSTD },
    { name: 'SizeBytes', type: 'UInt64', codec: `T64, ${ZSTD}` },
    { name: 'ContentType', type: LC },
    { name: 'TraceId', type: 'String', codec: ZSTD },
    { name: 'SpanId', type: 'String', codec: ZSTD },
    { name: 'NativeMessageId', type: 'String', codec: ZSTD },
    { name: 'IsDerivedId', type: 'Bool' },
    ...MAPPED,
    { name: 'HeaderNames', type: `Array(${LC})`, codec: ZSTD },
    { name: 'Headers', type: 'Map(LowCardinality(String), String)', codec: ZSTD },
    { name: 'Body', type: 'String', codec: ZSTD },
    FENCE,
  ],
  indexes: ['idx_message_id MessageId TYPE bloom_filter(0.001) GRANULARITY 1', 'idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1', 'idx_case CaseToken TYPE bloom_filter(0.01) GRANULARITY 1'],
  engine: 'MergeTree',
  partitionBy: `toDate(SeenAt, 'UTC')`,
  orderBy: '(SourceId, ChannelId, toStartOfFiveMinutes(SeenAt), MessageId)',
  shardBy: 'cityHash64(SourceId, ChannelId)',
  retentionDays: 14,
};

export const TAP_TABLES: readonly Table[] = [BACKLOG_SAMPLES, SOURCE_SAMPLES, FAILED_MESSAGES, TAP_MESSAGES];
