/**
 * Reads a ClickHouse `Native` block back into rows, for tests: integers as bigint, enums as their number, maps as arrays
 * of pairs so that repeated keys would be seen.
 */
export type NativeValue = string | bigint | NativeValue[] | [NativeValue, NativeValue][];
export type NativeRow = Record<string, NativeValue>;

export function readNativeBlock(block: Buffer): NativeRow[] {
  const reader = new Reader(block);
  const columns = reader.varint();
  const rows: NativeRow[] = Array.from({ length: reader.varint() }, () => ({}));
  for (let i = 0; i < columns; i++) {
    const name = reader.string();
    const type = reader.string();
    prefix(reader, type);
    values(reader, type, rows.length).forEach((value, row) => (rows[row]![name] = value));
  }
  if (reader.pos !== block.length) throw new Error(`${block.length - reader.pos} bytes after the last column`);
  return rows;
}

class Reader {
  pos = 0;
  constructor(readonly bytes: Buffer) {}

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.pos++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  string(): string {
    const length = this.varint();
    this.pos += length;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes.subarray(this.pos - length, this.pos));
  }

  uint64(): bigint {
    this.pos += 8;
    return this.bytes.readBigUInt64LE(this.pos - 8);
  }

  int64(): bigint {
    this.pos += 8;
    return this.bytes.readBigInt64LE(this.pos - 8);
  }
}

function argument(type: string, outer: string): string | null {
  return type.startsWith(`${outer}(`) ? type.slice(outer.length + 1, -1) : null;
}

function mapTypes(type: string): [string, string] | null {
  const inner = argument(type, 'Map');
  if (inner === null) return null;
  const comma = inner.lastIndexOf(', ');
  return [inner.slice(0, comma), inner.slice(comma + 2)];
}

function prefix(reader: Reader, type: string): void {
  const map = mapTypes(type);
  if (map) map.forEach((part) => prefix(reader, part));
  else if (type.startsWith('Array(')) prefix(reader, argument(type, 'Array')!);
  else if (type.startsWith('LowCardinality(') && reader.uint64() !== 1n) throw new Error('unknown version of LowCardinality');
}

function values(reader: Reader, type: string, count: number): NativeValue[] {
  const map = mapTypes(type);
  if (map) {
    const ends = offsets(reader, count);
    const keys = values(reader, map[0], ends.at(-1) ?? 0);
    const contents = values(reader, map[1], ends.at(-1) ?? 0);
    return slices(keys.map((key, i): [NativeValue, NativeValue] => [key, contents[i]!]), ends);
  }
  if (type.startsWith('Array(')) {
    const ends = offsets(reader, count);
    return slices(values(reader, argument(type, 'Array')!, ends.at(-1) ?? 0), ends);
  }
  if (type.startsWith('LowCardinality(')) return lowCardinality(reader, argument(type, 'LowCardinality')!, count);
  const read = scalar(reader, type);
  return Array.from({ length: count }, read);
}

function scalar(reader: Reader, type: string): () => NativeValue {
  if (type === 'String') return () => reader.string();
  if (type === 'UInt64') return () => reader.uint64();
  if (type.startsWith('DateTime64(') || type.startsWith('Decimal(18')) return () => reader.int64();
  if (type.startsWith('Enum8(')) return () => BigInt(reader.bytes.readInt8(reader.pos++));
  throw new Error(`type ${type} is not known to this reader`);
}

function offsets(reader: Reader, count: number): number[] {
  return Array.from({ length: count }, () => Number(reader.uint64()));
}

function slices<T>(elements: T[], ends: number[]): T[][] {
  return ends.map((end, i) => elements.slice(ends[i - 1] ?? 0, end));
}

function lowCardinality(reader: Reader, type: string, count: number): NativeValue[] {
  if (count === 0) return [];
  const flags = reader.uint64();
  if ((flags & ~0xffn) !== 0x200n) throw new Error(`LowCardinality flags ${flags} are not those of a dictionary in the block`);
  const dictionary = values(reader, type, Number(reader.uint64()));
  if (Number(reader.uint64()) !== count) throw new Error('LowCardinality row count differs from the block');
  const width = 1 << Number(flags & 0xffn);
  return Array.from({ length: count }, () => {
    const index = reader.bytes.readUIntLE(reader.pos, width);
    reader.pos += width;
    const value = dictionary[index];
    if (value === undefined) throw new Error(`index ${index} is outside of the dictionary`);
    return value;
  });
}
