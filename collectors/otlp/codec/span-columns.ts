import { type Column, SPAN_COLUMNS } from '@/server/store/clickhouse/spans-table';
import type { Corrections } from './corrections';
import { ArrayColumn } from './native/array-column';
import { BlockWriter } from './native/block-writer';
import { LowCardinalityColumn } from './native/low-cardinality-column';
import { MapColumn } from './native/map-column';
import type { NativeColumn } from './native/native-column';
import { StringColumn } from './native/string-column';
import { ByteColumn, ConstantWord64Column, Word64Column } from './native/word-columns';

/** The columns of `otel_traces` for the spans of one block. */
export class SpanColumns {
  readonly timestamp = new Word64Column();
  readonly traceId: StringColumn;
  readonly spanId: StringColumn;
  readonly parentSpanId: StringColumn;
  readonly traceState: StringColumn;
  readonly spanName = new LowCardinalityColumn();
  readonly spanKind = new LowCardinalityColumn();
  readonly serviceName = new LowCardinalityColumn();
  readonly resourceAttributes: MapColumn;
  readonly scopeName: StringColumn;
  readonly scopeVersion: StringColumn;
  readonly spanAttributes: MapColumn;
  readonly duration = new Word64Column();
  readonly statusCode = new LowCardinalityColumn();
  readonly statusMessage: StringColumn;
  readonly eventTimestamps = new ArrayColumn(new Word64Column());
  readonly eventNames = new ArrayColumn(new LowCardinalityColumn());
  readonly eventAttributes: ArrayColumn<MapColumn>;
  readonly linkTraceIds: ArrayColumn<StringColumn>;
  readonly linkSpanIds: ArrayColumn<StringColumn>;
  readonly linkTraceStates: ArrayColumn<StringColumn>;
  readonly linkAttributes: ArrayColumn<MapColumn>;
  readonly flowId = new LowCardinalityColumn();
  readonly hopId = new LowCardinalityColumn();
  readonly leg = new ByteColumn();
  readonly facilityId = new LowCardinalityColumn();
  readonly payerId = new LowCardinalityColumn();
  readonly supplierId = new LowCardinalityColumn();
  readonly departmentId = new LowCardinalityColumn();
  readonly itemId = new LowCardinalityColumn();
  readonly caseToken: StringColumn;
  readonly caseLabel: StringColumn;
  readonly amount = new Word64Column();
  readonly currency = new LowCardinalityColumn();
  readonly sourceId = new LowCardinalityColumn();
  readonly messageId: StringColumn;
  readonly reason = new LowCardinalityColumn();
  readonly contractVersion = new LowCardinalityColumn();
  readonly batchId = new ConstantWord64Column();
  readonly receivedAt = new Word64Column();
  private readonly ordered: readonly { column: Column; data: NativeColumn }[];

  constructor(corrections: Corrections) {
    const text = () => new StringColumn(corrections);
    const map = () => new MapColumn(corrections);
    this.traceId = text();
    this.spanId = text();
    this.parentSpanId = text();
    this.traceState = text();
    this.resourceAttributes = map();
    this.scopeName = text();
    this.scopeVersion = text();
    this.spanAttributes = map();
    this.statusMessage = text();
    this.eventAttributes = new ArrayColumn(map());
    this.linkTraceIds = new ArrayColumn(text());
    this.linkSpanIds = new ArrayColumn(text());
    this.linkTraceStates = new ArrayColumn(text());
    this.linkAttributes = new ArrayColumn(map());
    this.caseToken = text();
    this.caseLabel = text();
    this.messageId = text();
    const byName = this.byName();
    this.ordered = SPAN_COLUMNS.map((column) => {
      const data = byName[column.name];
      if (!data) throw new Error(`The span encoder does not know the column ${column.name} of otel_traces: add it to SpanColumns.`);
      return { column, data };
    });
  }

  get rows(): number {
    return this.timestamp.rows;
  }

  get byteLength(): number {
    let total = 0;
    for (const { data } of this.ordered) total += data.byteLength;
    return total;
  }

  /** The rows as one block of ClickHouse's `Native` format, and empties the columns for the next block. */
  encode(batchId: bigint): Buffer {
    this.batchId.value = batchId;
    this.batchId.rows = this.rows;
    const out = new BlockWriter(this.byteLength + 64 * 1024);
    out.varint(this.ordered.length);
    out.varint(this.rows);
    for (const { column, data } of this.ordered) {
      out.string(column.name);
      out.string(column.type);
      data.writePrefix(out);
      data.writeData(out);
    }
    for (const { data } of this.ordered) data.clear();
    return out.finish();
  }

  private byName(): Record<string, NativeColumn> {
    return {
      'Timestamp': this.timestamp,
      'TraceId': this.traceId,
      'SpanId': this.spanId,
      'ParentSpanId': this.parentSpanId,
      'TraceState': this.traceState,
      'SpanName': this.spanName,
      'SpanKind': this.spanKind,
      'ServiceName': this.serviceName,
      'ResourceAttributes': this.resourceAttributes,
      'ScopeName': this.scopeName,
      'ScopeVersion': this.scopeVersion,
      'SpanAttributes': this.spanAttributes,
      'Duration': this.duration,
      'StatusCode': this.statusCode,
      'StatusMessage': this.statusMessage,
      'Events.Timestamp': this.eventTimestamps,
      'Events.Name': this.eventNames,
      'Events.Attributes': this.eventAttributes,
      'Links.TraceId': this.linkTraceIds,
      'Links.SpanId': this.linkSpanIds,
      'Links.TraceState': this.linkTraceStates,
      'Links.Attributes': this.linkAttributes,
      'FlowId': this.flowId,
      'HopId': this.hopId,
      'Leg': this.leg,
      'FacilityId': this.facilityId,
      'PayerId': this.payerId,
      'SupplierId': this.supplierId,
      'DepartmentId': this.departmentId,
      'ItemId': this.itemId,
      'CaseToken': this.caseToken,
      'CaseLabel': this.caseLabel,
      'Amount': this.amount,
      'Currency': this.currency,
      'SourceId': this.sourceId,
      'MessageId': this.messageId,
      'Reason': this.reason,
      'ContractVersion': this.contractVersion,
      'BatchId': this.batchId,
      'ReceivedAt': this.receivedAt,
    };
  }
}
