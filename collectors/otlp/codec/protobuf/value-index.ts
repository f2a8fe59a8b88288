import { ATTRIBUTE_SIZE, type SpanTape, VALUE } from './span-tape';
import { WIRE, type WireReader } from './wire-reader';

/** Deeper values are refused: the limit of protobuf's own parsers is 100 messages, of which a value takes two per level. */
export const MAX_VALUE_DEPTH = 32;

const KEY = (1 << 3) | WIRE.bytes;
const KEY_VALUE = (2 << 3) | WIRE.bytes;
const VALUE_TAG = {
  string: (1 << 3) | WIRE.bytes,
  bool: (2 << 3) | WIRE.varint,
  int: (3 << 3) | WIRE.varint,
  double: (4 << 3) | WIRE.fixed64,
  array: (5 << 3) | WIRE.bytes,
  map: (6 << 3) | WIRE.bytes,
  bytes: (7 << 3) | WIRE.bytes,
} as const;
const ELEMENT = (1 << 3) | WIRE.bytes;

/** Writes one `KeyValue`, which ends at `end`, to the tape. */
export function indexAttribute(reader: WireReader, end: number, tape: SpanTape): void {
  const at = tape.reserve(ATTRIBUTE_SIZE);
  const data = tape.data;
  data[at] = reader.pos;
  data[at + 1] = 0;
  data[at + 2] = VALUE.none;
  data[at + 3] = reader.pos;
  data[at + 4] = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === KEY) {
      const stop = reader.lengthDelimited(end);
      data[at] = reader.pos;
      data[at + 1] = stop - reader.pos;
      reader.pos = stop;
    } else if (tag === KEY_VALUE) {
      indexValue(reader, reader.lengthDelimited(end), data, at + 2, 0);
    } else {
      reader.skip(tag, end);
    }
  }
}

/** Writes type, position and length of one `AnyValue` to `data[at…at+2]`; of several alternatives the last one counts. */
function indexValue(reader: WireReader, end: number, data: Int32Array, at: number, depth: number): void {
  data[at] = VALUE.none;
  data[at + 1] = reader.pos;
  data[at + 2] = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case VALUE_TAG.string:
      case VALUE_TAG.bytes: {
        const stop = reader.lengthDelimited(end);
        data[at] = tag >>> 3;
        data[at + 1] = reader.pos;
        data[at + 2] = stop - reader.pos;
        reader.pos = stop;
        break;
      }
      case VALUE_TAG.bool:
      case VALUE_TAG.int: {
        const start = reader.pos;
        reader.int32(end);
        data[at] = tag >>> 3;
        data[at + 1] = start;
        data[at + 2] = reader.pos - start;
        break;
      }
      case VALUE_TAG.double:
        data[at] = VALUE.double;
        data[at + 1] = reader.fixed(8, end);
        data[at + 2] = 8;
        break;
      case VALUE_TAG.array:
      case VALUE_TAG.map: {
        const stop = reader.lengthDelimited(end);
        const start = reader.pos;
        checkElements(reader, stop, tag === VALUE_TAG.map, depth + 1);
        data[at] = tag >>> 3;
        data[at + 1] = start;
        data[at + 2] = stop - start;
        break;
      }
      default:
        reader.skip(tag, end);
    }
  }
}

const nested = new Int32Array(3);

/** Walks an ArrayValue or KeyValueList only to check it: its text is made from the body later. */
function checkElements(reader: WireReader, end: number, isMap: boolean, depth: number): void {
  if (depth > MAX_VALUE_DEPTH) throw reader.failure(`has a value nested more than ${MAX_VALUE_DEPTH} levels deep`);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag !== ELEMENT) {
      reader.skip(tag, end);
    } else if (isMap) {
      checkEntry(reader, reader.lengthDelimited(end), depth);
    } else {
      indexValue(reader, reader.lengthDelimited(end), nested, 0, depth);
    }
  }
}

function checkEntry(reader: WireReader, end: number, depth: number): void {
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === KEY_VALUE) indexValue(reader, reader.lengthDelimited(end), nested, 0, depth);
    else reader.skip(tag, end);
  }
}
