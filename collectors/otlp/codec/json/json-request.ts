import { isUtf8 } from 'node:buffer';
import { OtlpDecodeError } from '../decode-error';
import { MAX_VALUE_DEPTH } from '../protobuf/value-index';
import { quoteLongIntegers } from '../../../runtime/json/exact-integers';
import { JsonFields, type JsonObject } from './json-fields';
import { WireWriter } from './wire-writer';

const SPAN_KIND_NAMES = [
  'SPAN_KIND_UNSPECIFIED', 'SPAN_KIND_INTERNAL', 'SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT', 'SPAN_KIND_PRODUCER', 'SPAN_KIND_CONSUMER',
];
const STATUS_CODE_NAMES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const SPECIAL_DOUBLES: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };
const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Rewrites an OTLP/JSON trace request as protobuf, so that there is one way from a request to columns and the two
 * encodings cannot drift apart; parsing JSON costs several times more than this.
 * `invalidTexts` counts bodies that were not UTF-8, whose bad bytes have become U+FFFD.
 * @throws OtlpDecodeError with the path of what is malformed
 */
export function transcodeJson(body: Uint8Array): { body: Buffer; invalidTexts: number } {
  const writer = new JsonRequestWriter(body.length);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return { body: writer.request(parse(text)), invalidTexts: isUtf8(body) ? 0 : 1 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(quoteLongIntegers(text));
  } catch {
    // The parser's own message quotes the text, which may hold anything.
    throw new OtlpDecodeError('Not an OTLP trace request: the body is not JSON.');
  }
}

class JsonRequestWriter {
  private readonly out: WireWriter;
  private readonly fields = new JsonFields();

  constructor(bodyBytes: number) {
    this.out = new WireWriter(Math.max(1024, bodyBytes));
  }

  request(root: unknown): Buffer {
    this.fields.eachObject(this.fields.asObject(root), 'resourceSpans', (entry) => this.message(1, () => this.resourceSpans(entry)));
    return this.out.finish();
  }

  private resourceSpans(entry: JsonObject): void {
    this.fields.withObject(entry, 'resource', (resource) => this.message(1, () => this.attributes(resource, 1)));
    this.fields.eachObject(entry, 'scopeSpans', (scopeSpans) => this.message(2, () => this.scopeSpans(scopeSpans)));
  }

  private scopeSpans(entry: JsonObject): void {
    this.fields.withObject(entry, 'scope', (scope) => this.message(1, () => {
      this.string(scope, 'name', 1);
      this.string(scope, 'version', 2);
    }));
    this.fields.eachObject(entry, 'spans', (span) => this.message(2, () => this.span(span)));
  }

  private span(span: JsonObject): void {
    this.id(span, 'traceId', 1);
    this.id(span, 'spanId', 2);
    this.string(span, 'traceState', 3);
    this.id(span, 'parentSpanId', 4);
    this.string(span, 'name', 5);
    this.out.varint(6, BigInt(this.fields.enumeration(span, 'kind', SPAN_KIND_NAMES)));
    this.time(span, 'startTimeUnixNano', 7);
    this.time(span, 'endTimeUnixNano', 8);
    this.attributes(span, 9);
    this.fields.eachObject(span, 'events', (event) => this.message(11, () => {
      this.time(event, 'timeUnixNano', 1);
      this.string(event, 'name', 2);
      this.attributes(event, 3);
    }));
    this.fields.eachObject(span, 'links', (link) => this.message(13, () => {
      this.id(link, 'traceId', 1);
      this.id(link, 'spanId', 2);
      this.string(link, 'traceState', 3);
      this.attributes(link, 4);
    }));
    this.fields.withObject(span, 'status', (status) => this.message(15, () => {
      this.string(status, 'message', 2);
      this.out.varint(3, BigInt(this.fields.enumeration(status, 'code', STATUS_CODE_NAMES)));
    }));
  }

  private attributes(parent: JsonObject, field: number): void {
    this.fields.eachObject(parent, 'attributes', (attribute) => this.message(field, () => this.keyValue(attribute, 0)));
  }

  private keyValue(attribute: JsonObject, depth: number): void {
    this.string(attribute, 'key', 1);
    this.fields.withObject(attribute, 'value', (value) => this.message(2, () => this.anyValue(value, depth)));
  }

  /** The first alternative that is present counts; senders write exactly one. */
  private anyValue(value: JsonObject, depth: number): void {
    if (depth > MAX_VALUE_DEPTH) throw this.fields.failure(`is nested more than ${MAX_VALUE_DEPTH} levels deep`);
    if (isPresent(value, 'stringValue')) this.out.string(1, this.fields.text(value, 'stringValue'));
    else if (isPresent(value, 'boolValue')) this.out.varint(2, this.bool(value) ? 1n : 0n);
    else if (isPresent(value, 'intValue')) this.out.varint(3, this.fields.integer(value['intValue'], 'intValue', true));
    else if (isPresent(value, 'doubleValue')) this.out.double(4, this.double(value['doubleValue']));
    else if (isPresent(value, 'arrayValue')) {
      this.fields.withObject(value, 'arrayValue', (array) => this.message(5, () =>
        this.fields.eachElement(array, 'values', (element) => this.message(1, () => {
          if (element !== null) this.anyValue(this.fields.asObject(element), depth + 1);
        }))));
    } else if (isPresent(value, 'kvlistValue')) {
      this.fields.withObject(value, 'kvlistValue', (list) => this.message(6, () =>
        this.fields.eachObject(list, 'values', (entry) => this.message(1, () => this.keyValue(entry, depth + 1)))));
    } else if (isPresent(value, 'bytesValue')) {
      this.out.bytes(7, Buffer.from(this.fields.text(value, 'bytesValue'), 'base64'));
    }
  }

  private bool(value: JsonObject): boolean {
    if (typeof value['boolValue'] !== 'boolean') throw this.fields.failure('is not true or false', 'boolValue');
    return value['boolValue'];
  }

  private double(value: unknown): number {
    if (typeof value === 'number') return value;
    const special = typeof value === 'string' ? SPECIAL_DOUBLES[value] : undefined;
    if (special !== undefined) return special;
    if (typeof value !== 'string' || !DECIMAL.test(value)) throw this.fields.failure('is not a number', 'doubleValue');
    return Number(value);
  }

  /** An id that is not hexadecimal is written empty: the span is then rejected by its id, not the whole request. */
  private id(parent: JsonObject, name: string, field: number): void {
    const text = this.fields.text(parent, name);
    if (text !== '') this.out.bytes(field, /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from([0]));
  }

  private time(parent: JsonObject, name: string, field: number): void {
    const value = parent[name];
    if (value !== undefined && value !== null) this.out.fixed64(field, this.fields.integer(value, name, false));
  }

  private string(parent: JsonObject, name: string, field: number): void {
    const text = this.fields.text(parent, name);
    if (text !== '') this.out.string(field, text);
  }

  private message(field: number, write: () => void): void {
    const start = this.out.begin(field);
    write();
    this.out.end(start);
  }
}

function isPresent(value: JsonObject, name: string): boolean {
  return value[name] !== undefined && value[name] !== null;
}
