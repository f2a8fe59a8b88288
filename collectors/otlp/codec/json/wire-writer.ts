import { WIRE } from '../protobuf/wire-reader';

/** Bytes of a length that is written before its message is known: a varint padded with continuation bits. */
const LENGTH_BYTES = 5;

/** Writes protobuf's wire format. */
export class WireWriter {
  private buffer: Buffer;
  private length = 0;

  constructor(initialBytes: number) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** Begins a nested message and returns what {@link end} needs. */
  begin(field: number): number {
    this.reserve(LENGTH_BYTES + 5);
    this.tag(field, WIRE.bytes);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  end(start: number): void {
    let rest = this.length - start;
    for (let i = start - LENGTH_BYTES; i < start - 1; i++) {
      this.buffer[i] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[start - 1] = rest;
  }

  string(field: number, text: string): void {
    const start = this.begin(field);
    this.reserve(text.length * 3);
    this.length += this.buffer.write(text, this.length);
    this.end(start);
  }

  bytes(field: number, bytes: Uint8Array): void {
    const start = this.begin(field);
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    this.end(start);
  }

  /** A signed or unsigned 64-bit integer as varint. */
  varint(field: number, value: bigint): void {
    this.reserve(16);
    this.tag(field, WIRE.varint);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  fixed64(field: number, value: bigint): void {
    this.reserve(16);
    this.tag(field, WIRE.fixed64);
    this.length = this.buffer.writeBigUInt64LE(value, this.length);
  }

  double(field: number, value: number): void {
    this.reserve(16);
    this.tag(field, WIRE.fixed64);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** OTLP has no field number above 15 in what is written here, so a tag is one byte. */
  private tag(field: number, wireType: number): void {
    this.buffer[this.length++] = (field << 3) | wireType;
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.length + size, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
