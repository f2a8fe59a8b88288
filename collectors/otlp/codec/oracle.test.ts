import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPAN_KINDS } from '@/server/domain/mapping/span-mapper';
import { OtlpDecodeError } from './decode-error';
import type { NativeRow } from './testing/native-reader';
import { exportTraceServiceRequest } from './testing/otlp-descriptor';
import { builderOf, decode, encodeRequest, LIMITS, mapperOf, type Message, RECEIVED_AT_MS, rowsOf } from './testing/requests';

const KEYS = ['a', 'service.name', 'order', 'ключ', 'a.rather.long.key.that.nobody.else.uses'];
const mapper = mapperOf({ spanKeys: ['order'], passKeys: new Set(KEYS), map: (facts, out) => void (out.messageId = facts.attributes[0] ?? '') });

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ minLength: 90, maxLength: 300 }));
const id = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).filter((value) => value.some((byte) => byte !== 0));
const value = fc.letrec<{ value: Message }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), value: tie('value') }), { maxLength: 4, selector: (entry) => entry.key }) }) }),
  ),
})).value;
const attributes = fc.array(fc.record({ key: fc.constantFrom(...KEYS), value }), { maxLength: 8 });
const nanos = fc.bigInt({ min: BigInt(RECEIVED_AT_MS - LIMITS.maxAgeMs) * 1_000_000n, max: BigInt(RECEIVED_AT_MS) * 1_000_000n }).map(String);
const spanMessage = fc.record({
  traceId: id(16), spanId: id(8), parentSpanId: fc.oneof(fc.constant(Buffer.alloc(0)), id(8)), name: fc.constantFrom('', 'send', 'receive'),
  kind: fc.nat(5), startTimeUnixNano: nanos, endTimeUnixNano: nanos, attributes, status: fc.record({ code: fc.nat(2) }), flags: fc.nat(), droppedAttributesCount: fc.nat(),
  events: fc.array(fc.record({ timeUnixNano: nanos, name: fc.constantFrom('exception', 'retry'), attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes, flags: fc.nat() }), { maxLength: 3 }),
});
const request = fc.record({
  resourceSpans: fc.array(fc.record({
    resource: fc.record({ attributes }),
    schemaUrl: text,
    scopeSpans: fc.array(fc.record({ scope: fc.record({ name: text, version: text, attributes }), spans: fc.array(spanMessage, { maxLength: 5 }) }), { maxLength: 3 }),
  }), { maxLength: 3 }),
});

/** The rows that the request means, worked out from protobufjs' reading of it. */
function expectedRows(body: Buffer): NativeRow[] {
  const decoded = exportTraceServiceRequest.toObject(exportTraceServiceRequest.decode(body), { longs: String, defaults: true, oneofs: true, bytes: Buffer });
  const rows: NativeRow[] = [];
  for (const resourceSpans of decoded['resourceSpans']) {
    const resource = expectedMap(resourceSpans.resource?.attributes ?? []);
    for (const scopeSpans of resourceSpans.scopeSpans) {
      for (const span of scopeSpans.spans) {
        const spanAttributes = expectedMap(span.attributes);
        const duration = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
        const order = span.attributes.findLast((entry: { key: string }) => entry.key === 'order');
        rows.push({
          'Timestamp': BigInt(span.startTimeUnixNano),
          'TraceId': span.traceId.toString('hex'),
          'SpanId': span.spanId.toString('hex'),
          'ParentSpanId': span.parentSpanId.toString('hex'),
          'SpanName': span.name,
          'SpanKind': SPAN_KINDS[span.kind]!,
          'ServiceName': resource.find(([key]) => key === 'service.name')?.[1] ?? '',
          'ResourceAttributes': resource,
          'ScopeName': scopeSpans.scope?.name ?? '',
          'ScopeVersion': scopeSpans.scope?.version ?? '',
          'SpanAttributes': spanAttributes,
          'Duration': duration < 0n ? 0n : duration,
          'StatusCode': ['Unset', 'Ok', 'Error'][span.status?.code ?? 0]!,
          'Events.Timestamp': span.events.map((event: Message) => BigInt(event['timeUnixNano'] as string)),
          'Events.Name': span.events.map((event: Message) => event['name']),
          'Events.Attributes': span.events.map((event: { attributes: never[] }) => expectedMap(event.attributes)),
          'Links.TraceId': span.links.map((link: { traceId: Buffer }) => link.traceId.toString('hex')),
          'Links.SpanId': span.links.map((link: { spanId: Buffer }) => link.spanId.toString('hex')),
          'Links.Attributes': span.links.map((link: { attributes: never[] }) => expectedMap(link.attributes)),
          'MessageId': order === undefined ? '' : expectedText(order.value),
        });
      }
    }
  }
  return rows;
}

function expectedMap(entries: { key: string; value: Message }[]): [string, string][] {
  return entries.filter((entry, i) => !entries.slice(i + 1).some((later) => later.key === entry.key)).map((entry) => [entry.key, expectedText(entry.value)]);
}

function expectedText(any: Message): string {
  switch (any['value']) {
    case undefined: return '';
    case 'stringValue': return any['stringValue'] as string;
    case 'bytesValue': return (any['bytesValue'] as Buffer).toString('base64');
    case 'doubleValue': return Object.is(any['doubleValue'], -0) ? '-0' : String(any['doubleValue']);
    case 'arrayValue':
    case 'kvlistValue': return expectedJson(any);
    default: return String(any[any['value'] as string]);
  }
}

function expectedJson(any: Message): string {
  switch (any['value']) {
    case undefined: return 'null';
    case 'stringValue':
    case 'bytesValue': return escapedJson(expectedText(any));
    case 'arrayValue': return `[${(any['arrayValue'] as { values: Message[] }).values.map(expectedJson).join(',')}]`;
    case 'kvlistValue': {
      const entries = (any['kvlistValue'] as { values: { key: string; value: Message }[] }).values;
      return `{${[...entries].sort((a, b) => (a.key < b.key ? -1 : 1)).map((entry) => `${escapedJson(entry.key)}:${expectedJson(entry.value)}`).join(',')}}`;
    }
    default: return expectedText(any);
  }
}

function escapedJson(raw: string): string {
  const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };
  return [...JSON.stringify(raw)].map((character) => escapes[character] ?? character).join('');
}

/** JSON can say it; JSON.stringify says 0 instead. */
const NEGATIVE_ZERO = 'negative zero';

describe('decoding of random requests', { timeout: 60_000 }, () => {
  it('agrees with protobufjs in every field', () => {
    fc.assert(fc.property(request, (message) => {
      const body = encodeRequest(message);
      const builder = builderOf(mapper);
      builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
      const rows = rowsOf(builder);
      const expected = expectedRows(body);
      // Blocks are by day, and in the order of arrival within a day.
      const day = (row: NativeRow) => (row['Timestamp'] as bigint) / 86_400_000_000_000n;
      const sorted = expected.map((row, i) => ({ row, i })).sort((a, b) => Number(day(a.row) - day(b.row)) || a.i - b.i).map((entry) => entry.row);
      expect(rows).toHaveLength(sorted.length);
      rows.forEach((row, i) => expect(row).toMatchObject(sorted[i]!));
    }), { numRuns: 150 });
  });

  it('reads a JSON request as it reads the same request in protobuf', () => {
    fc.assert(fc.property(request, (message) => {
      const body = encodeRequest(message);
      const json = exportTraceServiceRequest.toObject(exportTraceServiceRequest.decode(body), { longs: String, bytes: String });
      const hexed = JSON.stringify(json, (key, field: unknown) => {
        if (Object.is(field, -0)) return NEGATIVE_ZERO;
        return /^(trace|span|parentSpan)Id$/.test(key) && typeof field === 'string' ? Buffer.from(field, 'base64').toString('hex').toUpperCase() : field;
      }).replaceAll(JSON.stringify(NEGATIVE_ZERO), '-0');
      const builder = builderOf(mapper);
      builder.append(Buffer.from(hexed), 'json', RECEIVED_AT_MS, LIMITS);
      expect(rowsOf(builder)).toEqual(decode(body, mapper).rows);
    }), { numRuns: 100 });
  });

  it('survives any damage: what is not a request is refused as such', () => {
    fc.assert(fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }), (message, damage) => {
      const body = encodeRequest(message);
      for (const [at, byte] of damage) if (body.length > 0) body[at % body.length] = byte;
      const builder = builderOf(mapper);
      try {
        builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
      } catch (error) {
        expect(error).toBeInstanceOf(OtlpDecodeError);
        expect(builder.rows).toBe(0);
      }
      rowsOf(builder);
    }), { numRuns: 200 });
  });
});
