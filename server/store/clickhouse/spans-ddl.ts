import type { Table } from './ddl';
import { SPAN_COLUMNS } from './spans-table';

/**
 * Raw spans. The key puts the spans of a trace side by side within five minutes, and time prunes first; measured
 * against the exporter's own key it takes a quarter less disk and a quarter of the time for a trace by id.
 */
export const SPANS_TABLE: Table = {
  name: 'otel_traces',
  columns: SPAN_COLUMNS,
  indexes: [
    'idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1',
    'idx_link_trace_id `Links.TraceId` TYPE bloom_filter(0.01) GRANULARITY 1',
    'idx_message_id MessageId TYPE bloom_filter(0.001) GRANULARITY 1',
    'idx_case CaseToken TYPE bloom_filter(0.01) GRANULARITY 1',
    'idx_flow FlowId TYPE set(64) GRANULARITY 1',
    'idx_facility FacilityId TYPE set(64) GRANULARITY 1',
    'idx_payer PayerId TYPE set(64) GRANULARITY 1',
    'idx_service ServiceName TYPE set(64) GRANULARITY 1',
    'idx_status StatusCode TYPE set(4) GRANULARITY 1',
    'idx_duration Duration TYPE minmax GRANULARITY 1',
    'idx_received ReceivedAt TYPE minmax GRANULARITY 1',
    'idx_batch BatchId TYPE minmax GRANULARITY 1',
  ],
  engine: 'MergeTree',
  partitionBy: `toDate(Timestamp, 'UTC')`,
  orderBy: '(toStartOfFiveMinutes(Timestamp), TraceId, Timestamp)',
  shardBy: 'cityHash64(TraceId)',
  retentionDays: 30,
};
