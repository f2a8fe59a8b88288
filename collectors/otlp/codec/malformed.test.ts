import { describe, expect, it } from 'vitest';
import { OtlpDecodeError } from './decode-error';
import { attribute, builderOf, decode, encodeRequest, LIMITS, RECEIVED_AT_MS, requestOf, rowsOf, span } from './testing/requests';

const COMPLETE = encodeRequest(requestOf(span({
  traceState: 'a=b',
  attributes: [
    attribute('text', 'value'), attribute('int', { intValue: '-1' }), attribute('double', { doubleValue: 0.5 }), attribute('bool', { boolValue: true }),
    attribute('list', { arrayValue: { values: [{ stringValue: 'x' }, { kvlistValue: { values: [attribute('k', { bytesValue: Buffer.from([1]) })] } }] } }),
  ],
  events: [{ timeUnixNano: '5', name: 'e', attributes: [attribute('a', 'b')] }],
  links: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), attributes: [attribute('a', 'b')] }],
  status: { code: 1, message: 'm' },
})));

function refusal(body: Buffer, encoding: 'protobuf' | 'json'): OtlpDecodeError {
  const builder = builderOf();
  try {
    builder.append(body, encoding, RECEIVED_AT_MS, LIMITS);
  } catch (error) {
    expect(builder.rows).toBe(0);
    if (error instanceof OtlpDecodeError) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

describe('a malformed protobuf body', { timeout: 60_000 }, () => {
  it('is refused when it is cut off at any byte', () => {
    for (let length = 1; length < COMPLETE.length; length++) {
      expect(refusal(COMPLETE.subarray(0, length), 'protobuf').message).toMatch(/^Not an OTLP trace request: \w+ is cut off \(byte \d+\)\.$/);
    }
  });

  it('is not read beyond its end, where the rest of a larger buffer would complete it', () => {
    const whole = Buffer.concat([Buffer.alloc(3), COMPLETE, Buffer.alloc(64, 1)]);
    refusal(whole.subarray(3, 3 + COMPLETE.length - 1), 'protobuf');
    expect(decode(whole.subarray(3, 3 + COMPLETE.length)).outcome.accepted).toBe(1);
  });

  it.each([
    ['a group', [0x0b, 0x0c], 'has field 1 with wire type 3, which OTLP does not use (byte 1)'],
    ['wire type 7', [0x17], 'has field 2 with wire type 7, which OTLP does not use (byte 1)'],
    ['field number 0', [0x02, 0x00], 'has a field with number 0 (byte 1)'],
    ['a length above 32 bits', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 'has a tag or length above 32 bits (byte 6)'],
    ['a length beyond the body', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], 'is cut off (byte 6)'],
    ['an endless varint', [0x10, ...Array.from({ length: 11 }, () => 0x80)], 'has a varint longer than ten bytes (byte 11)'],
  ])('is refused with %s', (_, bytes, problem) => {
    expect(refusal(Buffer.from(bytes), 'protobuf').message).toBe(`Not an OTLP trace request: ExportTraceServiceRequest ${problem}.`);
  });

  it('is refused when a value is nested too deep, and accepted below that', () => {
    const nested = (levels: number) => {
      let value: Record<string, unknown> = { stringValue: 'x' };
      for (let i = 0; i < levels; i++) value = { arrayValue: { values: [value] } };
      return encodeRequest(requestOf(span({ attributes: [{ key: 'host.name', value }] })));
    };
    expect(refusal(nested(33), 'protobuf').message).toContain('has a value nested more than 32 levels deep');
    expect(decode(nested(32)).rows[0]!['SpanAttributes']).toEqual([['host.name', `${'['.repeat(32)}"x"${']'.repeat(32)}`]]);
  });

  it('is refused when it is made of empty messages, before they fill the memory', () => {
    const scopes = Buffer.alloc(200_000, Buffer.from([0x12, 0x00]));
    const length = Buffer.from([0x0a, 0xc0, 0x9a, 0x0c]);
    expect(refusal(Buffer.concat([length, scopes]), 'protobuf').message).toContain('consists mostly of empty messages');
  });
});

it('an empty request is a request', () => {
  expect(decode(Buffer.alloc(0)).outcome).toEqual({ accepted: 0, rejected: [], maskedKeys: new Map(), corrected: [] });
});

it('unknown fields, also of later versions of OTLP, are passed over', () => {
  const withUnknown = Buffer.concat([COMPLETE, Buffer.from([0xf8, 0x01, 0x05, 0xfa, 0x01, 0x02, 1, 2, 0xfd, 0x01, 1, 2, 3, 4, 0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8])]);
  expect(decode(withUnknown).rows).toEqual(decode(COMPLETE).rows);
});

describe('a malformed JSON body', { timeout: 60_000 }, () => {
  const json = (spanFields: string) => Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a8",${spanFields}}]}]}]}`);

  it.each([
    ['{"resourceSpans":[', 'the body is not JSON.'],
    ['[]', 'the JSON text is not an object.'],
    ['{"resourceSpans":{}}', 'resourceSpans is not an array.'],
    ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":5}]}]}]}', 'resourceSpans[0].scopeSpans[0].spans[0].name is not a string.'],
    ['{"resourceSpans":[{},{"resource":7}]}', 'resourceSpans[1].resource is not an object.'],
  ])('%s is refused', (body, problem) => {
    expect(refusal(Buffer.from(body), 'json').message).toBe(`Not an OTLP trace request: ${problem}`);
  });

  it.each([
    ['"startTimeUnixNano":"tomorrow"', 'startTimeUnixNano is not an integer'],
    ['"startTimeUnixNano":"-1"', 'startTimeUnixNano is not a 64-bit integer'],
    ['"startTimeUnixNano":1.5', 'startTimeUnixNano is not an integer'],
    ['"kind":{}', 'kind is not a number of the enum'],
    ['"attributes":[{"key":"a","value":{"intValue":"9223372036854775808"}}]', 'attributes[0].value.intValue is not a 64-bit integer'],
    ['"attributes":[{"key":"a","value":{"boolValue":"yes"}}]', 'attributes[0].value.boolValue is not true or false'],
    ['"attributes":[{"key":"a","value":{"doubleValue":"much"}}]', 'attributes[0].value.doubleValue is not a number'],
  ])('%s is refused', (fields, problem) => {
    expect(refusal(json(fields), 'json').message).toBe(`Not an OTLP trace request: resourceSpans[0].scopeSpans[0].spans[0].${problem}.`);
  });

  it('is refused when a value is nested far too deep', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(20_000)}${']}}'.repeat(20_000)}`;
    expect(refusal(json(`"attributes":[{"key":"a","value":${deep}}]`), 'json').message).toContain('is nested more than 32 levels deep');
  });

  it('is refused when it is cut off at any byte', () => {
    const body = json('"name":"x"');
    for (let length = 0; length < body.length; length++) {
      expect(refusal(body.subarray(0, length), 'json').message).toBe('Not an OTLP trace request: the body is not JSON.');
    }
  });
});

describe('a JSON body', () => {
  function decodeJson(spanFields: string) {
    const builder = builderOf();
    const outcome = builder.append(Buffer.from(
      `{"resourceSpans":[{"unknown":[1],"resource":null,"scopeSpans":[{"spans":[{"traceId":"0102030405060708090A0B0C0D0E0F10","spanId":"a1a2a3a4a5a6a7a8",${spanFields}}]}]}]}`,
    ), 'json', RECEIVED_AT_MS, LIMITS);
    return { outcome, rows: rowsOf(builder) };
  }

  it('keeps all digits of integers above 2^53, sent as numbers or strings', () => {
    const { rows } = decodeJson(
      `"startTimeUnixNano":${RECEIVED_AT_MS}000001,"endTimeUnixNano" : "${RECEIVED_AT_MS}000003",`
      + '"attributes":[{"key":"host.name","value":{"intValue":9007199254740993}},{"key":"host.type","value":{"intValue":"-9007199254740993"}},'
      + '{"key":"host.id","value":{"stringValue":"a \\" :12345678901234567890"}},{"key":"os.type","value":{"doubleValue":12345678901234567890}}]',
    );
    expect(rows[0]).toMatchObject({
      Timestamp: BigInt(RECEIVED_AT_MS) * 1_000_000n + 1n,
      Duration: 2n,
      TraceId: '0102030405060708090a0b0c0d0e0f10',
      SpanAttributes: [
        ['host.name', '9007199254740993'], ['host.type', '-9007199254740993'], ['host.id', 'a " :12345678901234567890'], ['os.type', '12345678901234567000'],
      ],
    });
  });

  it('takes enums as numbers and as names', () => {
    const time = `"startTimeUnixNano":"${RECEIVED_AT_MS}000000"`;
    expect(decodeJson(`${time},"kind":3,"status":{"code":2}`).rows[0]).toMatchObject({ SpanKind: 'Client', StatusCode: 'Error' });
    expect(decodeJson(`${time},"kind":"SPAN_KIND_PRODUCER","status":{"code":"STATUS_CODE_OK"}`).rows[0]).toMatchObject({ SpanKind: 'Producer', StatusCode: 'Ok' });
    expect(decodeJson(`${time},"kind":99,"status":{"code":"?"}`).rows[0]).toMatchObject({ SpanKind: 'Unspecified', StatusCode: 'Unset' });
  });

  it('with an id that is not hexadecimal has that span rejected, not the request', () => {
    const { outcome } = decodeJson('"traceId":"AQIDBAUGBwgJCgsMDQ4PEA=="');
    expect(outcome).toMatchObject({ accepted: 0, rejected: [{ reason: 'invalid-trace-id', count: 1 }] });
  });

  it('that is not UTF-8 is counted', () => {
    const builder = builderOf();
    const outcome = builder.append(Buffer.from('{"resourceSpans":[],"x":"\xff"}', 'latin1'), 'json', RECEIVED_AT_MS, LIMITS);
    expect(outcome.corrected).toEqual([{ kind: 'invalid-utf8', count: 1 }]);
  });
});
