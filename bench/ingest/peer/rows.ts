import { exportTraceServiceRequest } from '@/collectors/otlp/codec/testing/otlp-descriptor';

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUS_CODES = ['Unset', 'Ok', 'Error'];

interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: { toString(): string };
  doubleValue?: number;
}
interface KeyValue {
  key: string;
  value?: AnyValue;
}
interface Span {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  traceState: string;
  name: string;
  kind: number;
  startTimeUnixNano: { toString(): string };
  endTimeUnixNano: { toString(): string };
  attributes: KeyValue[];
  events: { timeUnixNano: { toString(): string }; name: string; attributes: KeyValue[] }[];
  links: { traceId: Buffer; spanId: Buffer; traceState: string; attributes: KeyValue[] }[];
  status?: { code: number; message: string };
}
interface Request {
  resourceSpans: { resource?: { attributes: KeyValue[] }; scopeSpans: { scope?: { name: string; version: string }; spans: Span[] }[] }[];
}

/** Decodes a request with protobufjs into row objects for JSONEachRow, the way a service without special care does it. */
export function rowsOf(body: Buffer): Record<string, unknown>[] {
  const request = exportTraceServiceRequest.decode(body) as unknown as Request;
  const rows: Record<string, unknown>[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const resourceAttributes = attributes(resource?.attributes ?? []);
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) rows.push(row(span, resourceAttributes, scope));
    }
  }
  return rows;
}

function row(span: Span, resourceAttributes: Record<string, string>, scope?: { name: string; version: string }): Record<string, unknown> {
  const start = BigInt(span.startTimeUnixNano.toString());
  return {
    'Timestamp': nanoseconds(start),
    'TraceId': span.traceId.toString('hex'),
    'SpanId': span.spanId.toString('hex'),
    'ParentSpanId': span.parentSpanId.toString('hex'),
    'TraceState': span.traceState,
    'SpanName': span.name,
    'SpanKind': KINDS[span.kind],
    'ServiceName': resourceAttributes['service.name'] ?? '',
    'ResourceAttributes': resourceAttributes,
    'ScopeName': scope?.name ?? '',
    'ScopeVersion': scope?.version ?? '',
    'SpanAttributes': attributes(span.attributes),
    'Duration': (BigInt(span.endTimeUnixNano.toString()) - start).toString(),
    'StatusCode': STATUS_CODES[span.status?.code ?? 0],
    'StatusMessage': span.status?.message ?? '',
    'Events.Timestamp': span.events.map((event) => nanoseconds(BigInt(event.timeUnixNano.toString()))),
    'Events.Name': span.events.map((event) => event.name),
    'Events.Attributes': span.events.map((event) => attributes(event.attributes)),
    'Links.TraceId': span.links.map((link) => link.traceId.toString('hex')),
    'Links.SpanId': span.links.map((link) => link.spanId.toString('hex')),
    'Links.TraceState': span.links.map((link) => link.traceState),
    'Links.Attributes': span.links.map((link) => attributes(link.attributes)),
  };
}

function attributes(entries: KeyValue[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { key, value } of entries) record[key] = text(value);
  return record;
}

function text(value: AnyValue | undefined): string {
  if (value?.stringValue) return value.stringValue;
  if (value?.intValue) return value.intValue.toString();
  return String(value?.doubleValue ?? value?.boolValue ?? '');
}

/** A decimal of seconds, which DateTime64(9) reads exactly. */
function nanoseconds(value: bigint): string {
  return `${value / 1_000_000_000n}.${(value % 1_000_000_000n).toString().padStart(9, '0')}`;
}
