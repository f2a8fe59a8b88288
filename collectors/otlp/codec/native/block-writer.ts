/** A growing buffer with the primitives of ClickHouse's `Native` format; all integers are little endian. */
export class BlockWriter {
  private buffer: Buffer;
  private length = 0;

  constructor(initialBytes: number) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
  }

  bytes(source: Uint8Array): void {
    this.reserve(source.length);
    this.buffer.set(source, this.length);
    this.length += source.length;
  }

  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
  }

  /** An UInt64 that is exact as a number. */
  uint64(value: number): void {
    this.reserve(8);
    this.buffer.writeUInt32LE(value >>> 0, this.length);
    this.buffer.writeUInt32LE(Math.floor(value / 2 ** 32), this.length + 4);
    this.length += 8;
  }

  string(text: string): void {
    const size = Buffer.byteLength(text);
    this.varint(size);
    this.reserve(size);
    this.buffer.write(text, this.length);
    this.length += size;
  }

  /** What was written. The writer is not to be used afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.length + size, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
