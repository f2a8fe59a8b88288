import { describe, expect, it } from 'vitest';
import { SPAN_COLUMNS } from '@/server/store/clickhouse/spans-table';
import { OtlpDecodeError } from './decode-error';
import { attribute, builderOf, decode, encodeRequest, LIMITS, mapperOf, RECEIVED_AT_MS, requestOf, rowsOf, span } from './testing/requests';

const COMPLETE = requestOf(
  span({
    traceState: 'ot=th:c',
    parentSpanId: Buffer.from('b1b2b3b4b5b6b7b8', 'hex'),
    kind: 4,
    status: { code: 2, message: 'no room' },
    attributes: [
      attribute('messaging.system', 'rabbitmq'),
      attribute('server.port', { intValue: '5672' }),
      attribute('messaging.message.id', 'm-1'),
      attribute('url.full', 'https://user:secret@erp.example/orders/123456?patient=Doe'),
      attribute('patient.name', 'Łukasz'),
      attribute('order.value', '12.50'),
    ],
    events: [
      { timeUnixNano: `${RECEIVED_AT_MS - 500}000002`, name: 'exception', attributes: [attribute('exception.type', 'E'), attribute('exception.message', 'bad')] },
      { timeUnixNano: '0', name: 'retry' },
    ],
    links: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2), traceState: 'vendor=abc', attributes: [attribute('messaging.system', 'kafka')] }],
  }),
);

describe('a complete span', () => {
  const mapper = mapperOf({
    spanKeys: ['messaging.message.id', 'order.value', 'not.sent'],
    resourceKeys: ['host.name'],
    passKeys: new Set(['order.value']),
    map(facts, out) {
      expect(facts).toMatchObject({ name: 'post claim', kind: 'Producer', serviceName: 'billing', isError: true });
      expect(facts.attributes).toEqual(['m-1', '12.50', undefined]);
      expect(facts.resource[0]).toBeUndefined();
      Object.assign(out, {
        flowId: 'claims', hopId: 'post', leg: 'attempt', facilityId: 'F1', payerId: 'P1', supplierId: 'S1', departmentId: 'D1', itemId: 'I1',
        caseToken: 'k1:ab', caseLabel: '••12', amount: facts.attributes[1], currency: 'USD', sourceId: 'rabbit', messageId: facts.attributes[0],
        reason: 'FULL', contractVersion: '1.0.0',
      });
    },
  });

  it('fills every column of the table', () => {
    const { outcome, rows } = decode(COMPLETE, mapper);
    expect(outcome).toEqual({
      accepted: 1,
      rejected: [],
      maskedKeys: new Map([['patient.name', 1], ['status.message', 1], ['exception.message', 1], ['trace_state', 1]]),
      corrected: [],
    });
    expect(rows).toEqual([{
      'Timestamp': BigInt(RECEIVED_AT_MS - 1000) * 1_000_000n + 1n,
      'TraceId': '0102030405060708090a0b0c0d0e0f10',
      'SpanId': 'a1a2a3a4a5a6a7a8',
      'ParentSpanId': 'b1b2b3b4b5b6b7b8',
      'TraceState': 'ot=th:c',
      'SpanName': 'post claim',
      'SpanKind': 'Producer',
      'ServiceName': 'billing',
      'ResourceAttributes': [['service.name', 'billing']],
      'ScopeName': 'scope',
      'ScopeVersion': '1.0',
      'SpanAttributes': [
        ['messaging.system', 'rabbitmq'], ['server.port', '5672'], ['messaging.message.id', 'm-1'], ['url.full', 'https://erp.example/orders/{id}'],
        ['patient.name', '‹masked:6›'], ['order.value', '12.50'],
      ],
      'Duration': 1_000_000_000n,
      'StatusCode': 'Error',
      'StatusMessage': '‹masked:7›',
      'Events.Timestamp': [BigInt(RECEIVED_AT_MS - 500) * 1_000_000n + 2n, 0n],
      'Events.Name': ['exception', 'retry'],
      'Events.Attributes': [[['exception.type', 'E'], ['exception.message', '‹masked:3›']], []],
      'Links.TraceId': ['01'.repeat(16)],
      'Links.SpanId': ['02'.repeat(8)],
      'Links.TraceState': ['vendor=‹masked:3›'],
      'Links.Attributes': [[['messaging.system', 'kafka']]],
      'FlowId': 'claims',
      'HopId': 'post',
      'Leg': 3n,
      'FacilityId': 'F1',
      'PayerId': 'P1',
      'SupplierId': 'S1',
      'DepartmentId': 'D1',
      'ItemId': 'I1',
      'CaseToken': 'k1:ab',
      'CaseLabel': '••12',
      'Amount': 125_000n,
      'Currency': 'USD',
      'SourceId': 'rabbit',
      'MessageId': 'm-1',
      'Reason': 'FULL',
      'ContractVersion': '1.0.0',
      'BatchId': 7n,
      'ReceivedAt': BigInt(RECEIVED_AT_MS),
    }]);
    expect(Object.keys(rows[0]!)).toEqual(SPAN_COLUMNS.map((column) => column.name));
  });

  it('hands an empty object to the mapper for every span', () => {
    let calls = 0;
    const { rows } = decode(requestOf(span(), span()), mapperOf({
      map(_, out) {
        if (calls++ === 0) Object.assign(out, { flowId: 'claims', leg: 'leave', amount: '1', messageId: 'm' });
      },
    }));
    expect(rows.map((row) => [row['FlowId'], row['Leg'], row['Amount'], row['MessageId']])).toEqual([['claims', 2n, 10_000n, 'm'], ['', 0n, 0n, '']]);
  });
});

describe('spans that cannot be kept as they are', () => {
  it.each([
    ['a trace id of 15 bytes', { traceId: Buffer.alloc(15, 1) }, 'invalid-trace-id'],
    ['a trace id of zeros', { traceId: Buffer.alloc(16) }, 'invalid-trace-id'],
    ['no trace id', { traceId: Buffer.alloc(0) }, 'invalid-trace-id'],
    ['a span id of 9 bytes', { spanId: Buffer.alloc(9, 1) }, 'invalid-span-id'],
    ['a span id of zeros', { spanId: Buffer.alloc(8) }, 'invalid-span-id'],
    ['a start before the oldest day', { startTimeUnixNano: `${RECEIVED_AT_MS - LIMITS.maxAgeMs - 1}999999` }, 'time-out-of-range'],
    ['a start too far in the future', { startTimeUnixNano: `${RECEIVED_AT_MS + LIMITS.maxFutureMs + 1}000000` }, 'time-out-of-range'],
    ['no start', { startTimeUnixNano: '0' }, 'time-out-of-range'],
    ['the largest start there is', { startTimeUnixNano: '18446744073709551615' }, 'time-out-of-range'],
  ])('rejects %s and keeps the others', (_, fields, reason) => {
    const { outcome, rows } = decode(requestOf(span({ name: 'before' }), span(fields), span({ name: 'after' })));
    expect(outcome).toMatchObject({ accepted: 2, rejected: [{ reason, count: 1 }] });
    expect(rows.map((row) => row['SpanName'])).toEqual(['before', 'after']);
  });

  it('accepts both ends of the time range', () => {
    const { outcome } = decode(requestOf(
      span({ startTimeUnixNano: `${RECEIVED_AT_MS - LIMITS.maxAgeMs}000000` }), span({ startTimeUnixNano: `${RECEIVED_AT_MS + LIMITS.maxFutureMs}000000` }),
    ));
    expect(outcome).toMatchObject({ accepted: 2, rejected: [] });
  });

  it('stores what it corrects and counts it', () => {
    const { outcome, rows } = decode(requestOf(span({
      parentSpanId: Buffer.alloc(3, 1),
      endTimeUnixNano: `${RECEIVED_AT_MS - 1000}000000`,
      attributes: [attribute('server.port', '1'), attribute('db.system', 'x'), attribute('server.port', '2')],
      links: [{ traceId: Buffer.alloc(5, 1), spanId: Buffer.alloc(8, 2) }],
    })), mapperOf({ spanKeys: ['server.port'], map: (facts, out) => Object.assign(out, { itemId: facts.attributes[0], amount: '1.23456' }) }));
    expect(outcome.corrected).toEqual([
      { kind: 'negative-duration', count: 1 }, { kind: 'duplicate-attribute', count: 1 }, { kind: 'invalid-parent-id', count: 1 },
      { kind: 'invalid-link-id', count: 1 }, { kind: 'invalid-amount', count: 1 },
    ]);
    expect(rows[0]).toMatchObject({
      'ParentSpanId': '', 'Duration': 0n, 'SpanAttributes': [['db.system', 'x'], ['server.port', '2']], 'ItemId': '2',
      'Links.TraceId': [''], 'Links.SpanId': ['02'.repeat(8)], 'Amount': 0n,
    });
  });

  it('replaces bytes that are not UTF-8, in short and in long texts', () => {
    const text = `before${'x'.repeat(120)}`;
    const body = encodeRequest(requestOf(span({ attributes: [attribute('host.name', 'short-@'), attribute('host.type', `${text}@`)] })));
    for (let at = body.indexOf('@'); at >= 0; at = body.indexOf('@', at)) body[at] = 0xff;
    const { outcome, rows } = decode(body);
    expect(outcome.corrected).toEqual([{ kind: 'invalid-utf8', count: 2 }]);
    expect(rows[0]!['SpanAttributes']).toEqual([['host.name', 'short-\uFFFD'], ['host.type', `${text}\uFFFD`]]);
  });

  it('gives one name to all spans of a service above the number of names a block takes', () => {
    const names = Array.from({ length: 1003 }, (_, i) => `step ${'abcdefghij'[i % 10]}${'abcdefghij'[Math.floor(i / 10) % 10]}${'abcdefghij'[Math.floor(i / 100) % 10]}${i >= 1000 ? 'x' : ''}`);
    const { outcome, rows } = decode(requestOf(...names.map((name) => span({ name }))));
    expect(outcome.corrected).toEqual([{ kind: 'span-name-overflow', count: 3 }]);
    expect(rows.slice(999).map((row) => row['SpanName'])).toEqual([names[999], '‹other›', '‹other›', '‹other›']);
  });

  it('rejects each record of a logs export that was posted as traces', () => {
    // LogRecord (logs/v1): 1 time fixed64, 2 severity varint, 3 severity text, 5 body AnyValue, 6 attributes, 9 trace id, 10 span id
    const record = Buffer.concat([
      Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 9, 0x1a, 4]), Buffer.from('INFO'), Buffer.from([0x2a, 4, 0x0a, 2, 0x68, 0x69]),
      Buffer.from([0x32, 6, 0x0a, 1, 0x61, 0x12, 1, 0x08]), Buffer.from([0x4a, 16]), Buffer.alloc(16, 0xfe), Buffer.from([0x52, 8]), Buffer.alloc(8, 3),
    ]);
    const nest = (field: number, content: Buffer) => Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), content]);
    const scopeLogs = Buffer.concat([nest(2, record), nest(2, record)]);
    const { outcome, rows } = decode(nest(1, Buffer.concat([Buffer.from([0x92, 0x01, 0]), Buffer.from([0x12, scopeLogs.length]), scopeLogs])));
    expect(outcome).toMatchObject({ accepted: 0, rejected: [{ reason: 'invalid-trace-id', count: 2 }] });
    expect(rows).toEqual([]);
  });
});

describe('blocks', () => {
  const LAST_NANOSECOND = '1772323199999999999';
  const MIDNIGHT = '1772323200000000000';

  it('holds the spans of one UTC day each, exact to the nanosecond, with the minutes they touch', () => {
    const builder = builderOf();
    builder.append(
      encodeRequest(requestOf(span({ startTimeUnixNano: MIDNIGHT }), span({ startTimeUnixNano: LAST_NANOSECOND }), span({ startTimeUnixNano: MIDNIGHT }))),
      'protobuf', RECEIVED_AT_MS, LIMITS,
    );
    builder.append(encodeRequest(requestOf(span({ startTimeUnixNano: `${1_772_323_200_000 + 120_000}000000` }))), 'protobuf', RECEIVED_AT_MS + 60_000, LIMITS);
    expect(builder.rows).toBe(4);
    let id = 0n;
    const blocks = builder.finish(() => ++id);
    const received = RECEIVED_AT_MS / 60_000;
    const midnight = 1_772_323_200 / 60;
    expect(blocks.map(({ body: _, ...block }) => block)).toEqual([
      { batchId: 1n, day: '2026-02-28', rows: 1, receivedMinutes: [received], eventMinutes: [midnight - 1] },
      { batchId: 2n, day: '2026-03-01', rows: 3, receivedMinutes: [received, received + 1], eventMinutes: [midnight, midnight + 2] },
    ]);
    expect(builder.rows).toBe(0);
    expect(builder.finish(() => ++id)).toEqual([]);
  });

  it('is the same for the same requests, also from a builder that was used before', () => {
    const requests = [COMPLETE, requestOf(span({ name: 'other' }), span({ startTimeUnixNano: LAST_NANOSECOND })), COMPLETE].map(encodeRequest);
    const used = builderOf();
    used.append(encodeRequest(requestOf(span({ name: 'something else', attributes: [attribute('zzz', 'z'), attribute('host.name', 'h')] }))), 'protobuf', RECEIVED_AT_MS, LIMITS);
    used.finish(() => 1n);
    const blocks = [used, builderOf()].map((builder) => {
      for (const body of requests) builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
      return builder.finish(() => 5n);
    });
    expect(blocks[0]).toEqual(blocks[1]);
  });

  it('keeps nothing of a malformed request', () => {
    const builder = builderOf();
    const good = encodeRequest(requestOf(span()));
    builder.append(good, 'protobuf', RECEIVED_AT_MS, LIMITS);
    expect(() => builder.append(Buffer.concat([encodeRequest(COMPLETE), Buffer.from([0x0a, 0x7f])]), 'protobuf', RECEIVED_AT_MS, LIMITS)).toThrow(OtlpDecodeError);
    expect(rowsOf(builder)).toEqual(decode(good).rows);
  });

  it('knows its size', () => {
    const builder = builderOf();
    const body = encodeRequest(requestOf(...Array.from({ length: 500 }, () => span())));
    for (let i = 0; i < 10; i++) builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
    const expected = builder.approximateBytes;
    const actual = builder.finish(() => 1n)[0]!.body.length;
    expect(Math.abs(expected / actual - 1)).toBeLessThan(0.1);
  });
});
