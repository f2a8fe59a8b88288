/**
 * An instant of OTLP (fixed64, nanoseconds since 1970) taken apart exactly, without BigInt: such a value does not fit a
 * number. One object is reused for all spans.
 */
export class Instant {
  low = 0;
  high = 0;
  seconds = 0;
  /** Nanoseconds within the second. */
  nanos = 0;

  /** Reads the 8 little endian bytes at `pos`; a `pos` below 0 is an instant that was not sent, which is 1970. */
  read(bytes: Uint8Array, pos: number): this {
    this.low = pos < 0 ? 0 : word(bytes, pos);
    this.high = pos < 0 ? 0 : word(bytes, pos + 4);
    // Long division by 10^9 in steps of 16 bits: every intermediate value stays below 2^47.
    const top = Math.floor(this.high / 1e9);
    let rest = (this.high % 1e9) * 0x1_0000 + (this.low >>> 16);
    const middle = Math.floor(rest / 1e9);
    rest = (rest % 1e9) * 0x1_0000 + (this.low & 0xffff);
    this.seconds = (top * 0x1_0000 + middle) * 0x1_0000 + Math.floor(rest / 1e9);
    this.nanos = rest % 1e9;
    return this;
  }

  /** Milliseconds since 1970, rounded down. */
  get ms(): number {
    return this.seconds * 1000 + Math.floor(this.nanos / 1e6);
  }

  isBefore(other: Instant): boolean {
    return this.high === other.high ? this.low < other.low : this.high < other.high;
  }
}

function word(bytes: Uint8Array, pos: number): number {
  return (bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24)) >>> 0;
}
