import { VALUE } from '../protobuf/span-tape';
import { WIRE } from '../protobuf/wire-reader';

/**
 * Texts of OTLP's AnyValue as the OpenTelemetry Collector writes them (pdata `Value.AsString`): integers in full,
 * doubles in the shortest form, bytes in base64, arrays and maps as JSON with sorted keys. Reads values that the index
 * has checked, so nothing here can fail.
 */
export function valueText(bytes: Buffer, type: number, pos: number, length: number): string {
  switch (type) {
    case VALUE.string: return bytes.toString('utf8', pos, pos + length);
    case VALUE.bool: return isNonZero(bytes, pos, length) ? 'true' : 'false';
    case VALUE.int: return int64Text(bytes, pos);
    case VALUE.double: return doubleText(bytes.readDoubleLE(pos));
    case VALUE.bytes: return bytes.toString('base64', pos, pos + length);
    case VALUE.array: return arrayJson(bytes, pos, pos + length);
    case VALUE.map: return mapJson(bytes, pos, pos + length);
    default: return '';
  }
}

/** A varint as a signed 64-bit decimal. */
function int64Text(bytes: Buffer, pos: number): string {
  let value = 0;
  for (let i = 0, factor = 1; i < 7; i++, factor *= 128) {
    const byte = bytes[pos + i]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return String(value);
  }
  let large = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[pos + i]!;
    large |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) break;
  }
  return BigInt.asIntN(64, large).toString();
}

function isNonZero(bytes: Buffer, pos: number, length: number): boolean {
  for (let i = 0; i < length; i++) if ((bytes[pos + i]! & 0x7f) !== 0) return true;
  return false;
}

function doubleText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function valueJson(bytes: Buffer, type: number, pos: number, length: number): string {
  switch (type) {
    case VALUE.none: return 'null';
    case VALUE.string:
    case VALUE.bytes: return jsonString(valueText(bytes, type, pos, length));
    case VALUE.double: {
      const value = bytes.readDoubleLE(pos);
      return Number.isFinite(value) ? doubleText(value) : jsonString(doubleText(value));
    }
    default: return valueText(bytes, type, pos, length);
  }
}

/** JSON text as Go writes it, so that both writers of the table agree. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function arrayJson(bytes: Buffer, pos: number, end: number): string {
  const items: string[] = [];
  eachField(bytes, pos, end, (field, at, length, wireType) => {
    if (field === 1 && wireType === WIRE.bytes) items.push(anyValueJson(bytes, at, at + length));
  });
  return `[${items.join(',')}]`;
}

function mapJson(bytes: Buffer, pos: number, end: number): string {
  const entries = new Map<string, string>();
  eachField(bytes, pos, end, (field, at, length, wireType) => {
    if (field !== 1 || wireType !== WIRE.bytes) return;
    let key = '';
    let value = 'null';
    eachField(bytes, at, at + length, (part, partAt, partLength, partType) => {
      if (partType !== WIRE.bytes) return;
      if (part === 1) key = bytes.toString('utf8', partAt, partAt + partLength);
      else if (part === 2) value = anyValueJson(bytes, partAt, partAt + partLength);
    });
    entries.set(key, value);
  });
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${jsonString(key)}:${value}`).join(',')}}`;
}

/** The wire type each alternative of AnyValue has; others are unknown fields. */
const VALUE_WIRE_TYPES: readonly number[] = [-1, WIRE.bytes, WIRE.varint, WIRE.varint, WIRE.fixed64, WIRE.bytes, WIRE.bytes, WIRE.bytes];

function anyValueJson(bytes: Buffer, pos: number, end: number): string {
  let type: number = VALUE.none;
  let valuePos = pos;
  let valueLength = 0;
  eachField(bytes, pos, end, (field, at, length, wireType) => {
    if (VALUE_WIRE_TYPES[field] !== wireType) return;
    type = field;
    valuePos = at;
    valueLength = length;
  });
  return valueJson(bytes, type, valuePos, valueLength);
}

/** Calls back with place and size of the content of each field of a message that is known to be well formed. */
function eachField(
  bytes: Buffer, start: number, end: number, visit: (field: number, at: number, length: number, wireType: number) => void,
): void {
  let pos = start;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[pos++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (pos < end) {
    const tag = varint();
    const wireType = tag % 8;
    let length = wireType === WIRE.fixed64 ? 8 : 4;
    if (wireType === WIRE.bytes) length = varint();
    const at = pos;
    if (wireType === WIRE.varint) {
      varint();
      length = pos - at;
    }
    pos = at + length;
    visit(Math.floor(tag / 8), at, length, wireType);
  }
}
