import { ENTRY, REFUSALS, SPAN_FIELD, SPAN_FIELD_COUNT, type SpanTape } from './span-tape';
import { indexAttribute } from './value-index';
import { WIRE, WireReader } from './wire-reader';

const bytesField = (number: number) => (number << 3) | WIRE.bytes;
const fixed64Field = (number: number) => (number << 3) | WIRE.fixed64;
const varintField = (number: number) => (number << 3) | WIRE.varint;

/** The OpenTelemetry SDKs send at most 128 attributes, events and links; nobody sends this many. */
const MOST_REPEATED = 65_536;

/** Positions of the repeated fields of one message, as pairs of start and end. */
class Ranges {
  private data = new Int32Array(64);
  count = 0;

  add(start: number, end: number): void {
    const at = this.count * 2;
    if (at === this.data.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[at] = start;
    this.data[at + 1] = end;
    this.count++;
  }

  start(index: number): number {
    return this.data[index * 2]!;
  }

  end(index: number): number {
    return this.data[index * 2 + 1]!;
  }
}

/**
 * Indexes the spans of one `ExportTraceServiceRequest` (opentelemetry-proto, collector/trace/v1) on a tape.
 * Fields may come in any order. A field with a number that is known but another wire type is passed over like an
 * unknown one, as protobuf prescribes: thus a logs export, whose field numbers coincide, becomes spans without ids,
 * which are refused one by one. The inside of a refused span is not looked at.
 */
export class TraceRequestIndex {
  private reader = new WireReader(new Uint8Array(0));
  private readonly attributes = new Ranges();
  private readonly events = new Ranges();
  private readonly links = new Ranges();

  constructor(private readonly tape: SpanTape) {}

  /** @throws OtlpDecodeError when the body is malformed; the tape is then to be ignored. */
  read(body: Uint8Array): void {
    this.tape.clear(body.length);
    const reader = (this.reader = new WireReader(body));
    const end = body.length;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(1)) this.resourceSpans(reader.lengthDelimited(end));
      else reader.skip(tag, end);
      reader.message = 'ExportTraceServiceRequest';
    }
  }

  private resourceSpans(end: number): void {
    const { reader, tape, attributes } = this;
    const start = reader.pos;
    reader.message = 'ResourceSpans';
    attributes.count = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(1)) this.collect(reader.lengthDelimited(end), bytesField(1), attributes);
      else reader.skip(tag, end);
    }
    const at = tape.reserve(2);
    tape.data[at] = ENTRY.resource;
    tape.data[at + 1] = attributes.count;
    this.indexAttributes(attributes);

    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(2)) this.scopeSpans(reader.lengthDelimited(end));
      else reader.skip(tag, end);
      reader.message = 'ResourceSpans';
    }
  }

  private scopeSpans(end: number): void {
    const { reader, tape } = this;
    const start = reader.pos;
    reader.message = 'ScopeSpans';
    const at = tape.reserve(5);
    tape.data.fill(0, at + 1, at + 5);
    tape.data[at] = ENTRY.scope;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(1)) this.scope(reader.lengthDelimited(end), at);
      else reader.skip(tag, end);
    }
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(2)) this.span(reader.lengthDelimited(end));
      else reader.skip(tag, end);
      reader.message = 'ScopeSpans';
    }
  }

  private scope(end: number, at: number): void {
    const { reader } = this;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(1)) this.text(end, at + 1);
      else if (tag === bytesField(2)) this.text(end, at + 3);
      else reader.skip(tag, end);
    }
  }

  private span(end: number): void {
    const { reader, tape, attributes, events, links } = this;
    reader.message = 'Span';
    attributes.count = events.count = links.count = 0;
    const entry = tape.length;
    const at = tape.reserve(1 + SPAN_FIELD_COUNT) + 1;
    const data = tape.data;
    data.fill(0, at, at + SPAN_FIELD_COUNT);
    data[entry] = ENTRY.span;
    data[at + SPAN_FIELD.start] = -1;
    data[at + SPAN_FIELD.end] = -1;
    let traceIdLength = 0;
    let spanIdLength = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      switch (tag) {
        case bytesField(1): traceIdLength = this.bytes(end, at + SPAN_FIELD.traceId); break;
        case bytesField(2): spanIdLength = this.bytes(end, at + SPAN_FIELD.spanId); break;
        case bytesField(3): this.text(end, at + SPAN_FIELD.state); break;
        case bytesField(4): this.text(end, at + SPAN_FIELD.parentId); break;
        case bytesField(5): this.text(end, at + SPAN_FIELD.name); break;
        case varintField(6): data[at + SPAN_FIELD.kind] = reader.int32(end); break;
        case fixed64Field(7): data[at + SPAN_FIELD.start] = reader.fixed(8, end); break;
        case fixed64Field(8): data[at + SPAN_FIELD.end] = reader.fixed(8, end); break;
        case bytesField(9): this.range(end, attributes); break;
        case bytesField(11): this.range(end, events); break;
        case bytesField(13): this.range(end, links); break;
        case bytesField(15): this.status(reader.lengthDelimited(end), at); break;
        default: reader.skip(tag, end);
      }
    }
    if (!isId(reader.bytes, data[at + SPAN_FIELD.traceId]!, traceIdLength, 16)) return this.refuse(entry, 'invalid-trace-id');
    if (!isId(reader.bytes, data[at + SPAN_FIELD.spanId]!, spanIdLength, 8)) return this.refuse(entry, 'invalid-span-id');
    data[at + SPAN_FIELD.attributes] = attributes.count;
    data[at + SPAN_FIELD.events] = events.count;
    data[at + SPAN_FIELD.links] = links.count;
    this.indexAttributes(attributes);
    for (let i = 0; i < events.count; i++) this.event(events.start(i), events.end(i));
    for (let i = 0; i < links.count; i++) this.link(links.start(i), links.end(i));
    tape.data[at + SPAN_FIELD.next] = tape.length;
    reader.pos = end;
  }

  private refuse(entry: number, reason: (typeof REFUSALS)[number]): void {
    this.tape.length = entry + 2;
    this.tape.data[entry] = ENTRY.refusedSpan;
    this.tape.data[entry + 1] = REFUSALS.indexOf(reason);
  }

  private status(end: number, at: number): void {
    const { reader } = this;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(2)) this.text(end, at + SPAN_FIELD.statusMessage);
      else if (tag === varintField(3)) this.tape.data[at + SPAN_FIELD.statusCode] = reader.int32(end);
      else reader.skip(tag, end);
    }
  }

  private event(start: number, end: number): void {
    const { reader, tape, attributes } = this;
    reader.pos = start;
    reader.message = 'Span.Event';
    attributes.count = 0;
    const at = tape.reserve(4);
    tape.data.fill(0, at, at + 4);
    tape.data[at] = -1;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === fixed64Field(1)) tape.data[at] = reader.fixed(8, end);
      else if (tag === bytesField(2)) this.text(end, at + 1);
      else if (tag === bytesField(3)) this.range(end, attributes);
      else reader.skip(tag, end);
    }
    tape.data[at + 3] = attributes.count;
    this.indexAttributes(attributes);
  }

  private link(start: number, end: number): void {
    const { reader, tape, attributes } = this;
    reader.pos = start;
    reader.message = 'Span.Link';
    attributes.count = 0;
    const at = tape.reserve(7);
    tape.data.fill(0, at, at + 7);
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === bytesField(1)) this.text(end, at);
      else if (tag === bytesField(2)) this.text(end, at + 2);
      else if (tag === bytesField(3)) this.text(end, at + 4);
      else if (tag === bytesField(4)) this.range(end, attributes);
      else reader.skip(tag, end);
    }
    tape.data[at + 6] = attributes.count;
    this.indexAttributes(attributes);
  }

  /** Indexes the attributes of one message. `ranges` is free for reuse afterwards. */
  private indexAttributes(ranges: Ranges): void {
    for (let i = 0; i < ranges.count; i++) {
      this.reader.pos = ranges.start(i);
      indexAttribute(this.reader, ranges.end(i), this.tape);
    }
  }

  /** Adds the places of a repeated field of the message that ends at `end`. */
  private collect(end: number, field: number, ranges: Ranges): void {
    const { reader } = this;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === field) this.range(end, ranges);
      else reader.skip(tag, end);
    }
  }

  private range(end: number, ranges: Ranges): void {
    if (ranges.count === MOST_REPEATED) throw this.reader.failure(`has more than ${MOST_REPEATED} attributes, events or links`);
    const stop = this.reader.lengthDelimited(end);
    ranges.add(this.reader.pos, stop);
    this.reader.pos = stop;
  }

  /** Puts the position of a bytes field on the tape, passes over it and returns its length. */
  private bytes(end: number, at: number): number {
    const stop = this.reader.lengthDelimited(end);
    const length = stop - this.reader.pos;
    this.tape.data[at] = this.reader.pos;
    this.reader.pos = stop;
    return length;
  }

  /** Puts position and length of a bytes or string field on the tape. */
  private text(end: number, at: number): void {
    this.tape.data[at + 1] = this.bytes(end, at);
  }
}

/** Whether `length` bytes at `pos` are an id of `expected` bytes that are not all zero. */
export function isId(bytes: Uint8Array, pos: number, length: number, expected: number): boolean {
  if (length !== expected) return false;
  for (let i = 0; i < expected; i++) if (bytes[pos + i] !== 0) return true;
  return false;
}
