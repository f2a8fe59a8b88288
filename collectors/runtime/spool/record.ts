import { crc32 } from 'node:zlib';

/**
 * One accepted request as it lies in a segment file, little endian:
 *
 *   u32 length of the body · u32 CRC-32 of everything after this field · u8 format · u8 encoding · u16 reserved
 *   u64 receive time, Unix ms · 32 bytes SHA-256 of the request · body
 *
 * The checksum finds a record that was half written when the machine stopped; such a record was never acknowledged.
 */
const HEADER_BYTES = 52;
const FORMAT = 1;

export type BodyEncoding = 'protobuf' | 'json';
const ENCODINGS: readonly BodyEncoding[] = ['protobuf', 'json'];

export interface SpoolRecord {
  encoding: BodyEncoding;
  receivedAtMs: number;
  sha256: Buffer;
  body: Buffer;
}

export function recordBytes(bodyLength: number): number {
  return HEADER_BYTES + bodyLength;
}

export function encodeRecord(record: SpoolRecord): Buffer {
  const bytes = Buffer.allocUnsafe(recordBytes(record.body.length));
  bytes.writeUInt32LE(record.body.length, 0);
  bytes.writeUInt8(FORMAT, 8);
  bytes.writeUInt8(ENCODINGS.indexOf(record.encoding), 9);
  bytes.writeUInt16LE(0, 10);
  bytes.writeBigUInt64LE(BigInt(record.receivedAtMs), 12);
  record.sha256.copy(bytes, 20);
  record.body.copy(bytes, HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/**
 * Reads the record at `offset`.
 *
 * @returns the record, `end` where the data ends exactly here, `torn` where what follows is not a whole, intact record
 */
export function decodeRecord(segment: Buffer, offset: number): SpoolRecord | 'end' | 'torn' {
  if (offset === segment.length) return 'end';
  if (offset + HEADER_BYTES > segment.length) return 'torn';
  const bodyLength = segment.readUInt32LE(offset);
  const end = offset + HEADER_BYTES + bodyLength;
  if (end > segment.length) return 'torn';
  if (crc32(segment.subarray(offset + 8, end)) !== segment.readUInt32LE(offset + 4)) return 'torn';
  const encoding = ENCODINGS[segment.readUInt8(offset + 9)];
  if (segment.readUInt8(offset + 8) !== FORMAT || encoding === undefined) return 'torn';
  return {
    encoding,
    receivedAtMs: Number(segment.readBigUInt64LE(offset + 12)),
    sha256: segment.subarray(offset + 20, offset + HEADER_BYTES),
    body: segment.subarray(offset + HEADER_BYTES, end),
  };
}
