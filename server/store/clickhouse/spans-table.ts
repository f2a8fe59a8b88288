/**
 * Columns of `otel_traces`, in insert order. The first block is the OpenTelemetry Collector exporter's table, name by
 * name and type by type, so that Grafana, HyperDX or an existing collector can share it; the second is ours.
 * The DDL and the Native encoder are both made from this list.
 */
export interface Column {
  name: string;
  type: string;
  codec?: string;
  /** Filled by ClickHouse when a writer that does not know the column (a foreign collector) inserts. Never MATERIALIZED: inserting into such a column fails. */
  defaultExpr?: string;
}

const ZSTD = 'ZSTD(1)';
const ATTRIBUTES = 'Map(LowCardinality(String), String)';

const EXPORTER_COLUMNS: readonly Column[] = [
  { name: 'Timestamp', type: 'DateTime64(9)', codec: `Delta(8), ${ZSTD}` },
  { name: 'TraceId', type: 'String', codec: ZSTD },
  { name: 'SpanId', type: 'String', codec: ZSTD },
  { name: 'ParentSpanId', type: 'String', codec: ZSTD },
  { name: 'TraceState', type: 'String', codec: ZSTD },
  { name: 'SpanName', type: 'LowCardinality(String)', codec: ZSTD },
  { name: 'SpanKind', type: 'LowCardinality(String)', codec: ZSTD },
  { name: 'ServiceName', type: 'LowCardinality(String)', codec: ZSTD },
  { name: 'ResourceAttributes', type: ATTRIBUTES, codec: ZSTD },
  { name: 'ScopeName', type: 'String', codec: ZSTD },
  { name: 'ScopeVersion', type: 'String', codec: ZSTD },
  { name: 'SpanAttributes', type: ATTRIBUTES, codec: ZSTD },
  { name: 'Duration', type: 'UInt64', codec: `T64, ${ZSTD}` },
  { name: 'StatusCode', type: 'LowCardinality(String)', codec: ZSTD },
  { name: 'StatusMessage', type: 'String', codec: ZSTD },
  { name: 'Events.Timestamp', type: 'Array(DateTime64(9))', codec: ZSTD },
  { name: 'Events.Name', type: 'Array(LowCardinality(String))', codec: ZSTD },
  { name: 'Events.Attributes', type: `Array(${ATTRIBUTES})`, codec: ZSTD },
  { name: 'Links.TraceId', type: 'Array(String)', codec: ZSTD },
  { name: 'Links.SpanId', type: 'Array(String)', codec: ZSTD },
  { name: 'Links.TraceState', type: 'Array(String)', codec: ZSTD },
  { name: 'Links.Attributes', type: `Array(${ATTRIBUTES})`, codec: ZSTD },
];

const LC = 'LowCardinality(String)';
const spanAttribute = (key: string) => `SpanAttributes['${key}']`;

const SIGNALBOX_COLUMNS: readonly Column[] = [
  { name: 'FlowId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.flow.id') },
  { name: 'HopId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.hop') },
  { name: 'Leg', type: `Enum8('none' = 0, 'enter' = 1, 'leave' = 2, 'attempt' = 3)`, codec: ZSTD, defaultExpr: `'none'` },
  { name: 'FacilityId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.facility.id') },
  { name: 'PayerId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.payer.id') },
  { name: 'SupplierId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.supplier.id') },
  { name: 'DepartmentId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.department.id') },
  { name: 'ItemId', type: LC, codec: ZSTD, defaultExpr: spanAttribute('signalbox.item.id') },
  { name: 'CaseToken', type: 'String', codec: ZSTD, defaultExpr: `''` },
  { name: 'CaseLabel', type: 'String', codec: ZSTD, defaultExpr: `''` },
  { name: 'Amount', type: 'Decimal(18, 4)', codec: ZSTD, defaultExpr: '0' },
  { name: 'Currency', type: LC, codec: ZSTD, defaultExpr: `''` },
  { name: 'SourceId', type: LC, codec: ZSTD, defaultExpr: `''` },
  { name: 'MessageId', type: 'String', codec: ZSTD, defaultExpr: spanAttribute('messaging.message.id') },
  { name: 'Reason', type: LC, codec: ZSTD, defaultExpr: `''` },
  { name: 'ContractVersion', type: LC, codec: ZSTD, defaultExpr: `''` },
  { name: 'BatchId', type: 'UInt64', codec: `T64, ${ZSTD}`, defaultExpr: '0' },
  { name: 'ReceivedAt', type: 'DateTime64(3)', codec: `Delta(8), ${ZSTD}`, defaultExpr: 'toDateTime64(Timestamp, 3)' },
];

export const SPAN_COLUMNS: readonly Column[] = [...EXPORTER_COLUMNS, ...SIGNALBOX_COLUMNS];
