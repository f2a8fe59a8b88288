/**
 * The properties of a message as they stand on the wire (AMQP 0-9-1, 4.2.6.1). Messages that we move are passed on byte for
 * byte: the client library reads every integer as a number and writes it with the smallest type, so a consumer that reads a
 * Long or an Integer header would find another type, and what is no UTF-8 or above 2^53 would be lost.
 */

/** Bits of the property flags, in the order in which the properties follow. */
const CONTENT_TYPE = 1 << 15;
const CONTENT_ENCODING = 1 << 14;
const HEADERS = 1 << 13;
const DELIVERY_MODE = 1 << 12;
const PERSISTENT = 2;

export interface PropertyChange {
  /** Put at the end of the headers, as a string; one that is there already under this name is left out. */
  header?: { name: string; value: string };
  /** The broker writes it to disk. */
  isPersistent?: boolean;
}

/** @param properties flags and values @throws RangeError for bytes that are no properties */
export function changedProperties(properties: Buffer, change: PropertyChange): Buffer {
  let flags = properties.readUInt16BE(0);
  let at = 2;
  for (const flag of [CONTENT_TYPE, CONTENT_ENCODING]) if (flags & flag) at += 1 + properties.readUInt8(at);
  const parts: Buffer[] = [properties.subarray(2, at)];

  const headersEnd = flags & HEADERS ? at + 4 + properties.readUInt32BE(at) : at;
  if (headersEnd > properties.length) throw new RangeError('The headers of this message end after the message does.');
  if (change.header) {
    const kept = flags & HEADERS ? withoutEntry(properties.subarray(at + 4, headersEnd), change.header.name) : Buffer.alloc(0);
    const table = Buffer.concat([kept, stringEntry(change.header)]);
    parts.push(uint32(table.length), table);
    flags |= HEADERS;
  } else {
    parts.push(properties.subarray(at, headersEnd));
  }
  at = headersEnd;

  const modeEnd = flags & DELIVERY_MODE ? at + 1 : at;
  if (change.isPersistent) {
    parts.push(Buffer.from([PERSISTENT]));
    flags |= DELIVERY_MODE;
  } else {
    parts.push(properties.subarray(at, modeEnd));
  }
  parts.push(properties.subarray(modeEnd));
  const head = Buffer.alloc(2);
  head.writeUInt16BE(flags);
  return Buffer.concat([head, ...parts]);
}

/** A table that cannot be read to its end is kept whole: then a name may stand in it twice, and the broker passes both on. */
function withoutEntry(table: Buffer, name: string): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < table.length;) {
    const valueAt = at + 1 + table.readUInt8(at);
    const size = valueSize(table, valueAt);
    if (size === null || valueAt + 1 + size > table.length) return table;
    const end = valueAt + 1 + size;
    if (table.toString('utf8', at + 1, valueAt) !== name) kept.push(table.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** Bytes of each type of value with a size of its own, by its letter, as RabbitMQ writes them. */
const SIZES: Readonly<Record<string, number>> = { t: 1, b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8, f: 4, d: 8, D: 5, T: 8, V: 0 };

/** @returns bytes after the letter; null for a type that nobody knows */
function valueSize(table: Buffer, at: number): number | null {
  if (at >= table.length) return null;
  const letter = String.fromCharCode(table.readUInt8(at));
  const fixed = SIZES[letter];
  if (fixed !== undefined) return fixed;
  return 'SxFA'.includes(letter) && at + 5 <= table.length ? 4 + table.readUInt32BE(at + 1) : null;
}

function stringEntry({ name, value }: { name: string; value: string }): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from('S'), uint32(valueBytes.length), valueBytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
