import { OtlpDecodeError } from '../decode-error';

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads protobuf's wire format in place. `end` is always the end of the message being read, so that no length inside
 * a message can reach outside of it. Every malformed input ends in an {@link OtlpDecodeError}.
 */
export class WireReader {
  pos = 0;
  /** The message being read, for error texts. */
  message = 'ExportTraceServiceRequest';

  constructor(readonly bytes: Uint8Array) {}

  /** Field number and wire type of the next field, as on the wire: `number << 3 | type`. */
  tag(end: number): number {
    const first = this.bytes[this.pos]!;
    if (first < 0x80 && first > 7) {
      this.pos++;
      return first;
    }
    const tag = this.uint32(end);
    if (tag >>> 3 === 0) throw this.failure('has a field with number 0');
    return tag;
  }

  /** An unsigned varint of at most 32 bits: a tag or a length. */
  uint32(end: number): number {
    const bytes = this.bytes;
    let value = 0;
    for (let i = 0, factor = 1; i < 5; i++, factor *= 128) {
      if (this.pos >= end) throw this.failure('is cut off');
      const byte = bytes[this.pos++]!;
      if (i === 4 && byte > 0x0f) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw this.failure('has a tag or length above 32 bits');
  }

  /** The low 32 bits of a varint: how protobuf reads an enum, which may be sent as ten bytes. */
  int32(end: number): number {
    const bytes = this.bytes;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= end) throw this.failure('is cut off');
      const byte = bytes[this.pos++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw this.failure('has a varint longer than ten bytes');
  }

  /** Reads a length and returns the position after the bytes it announces, leaving `pos` on their first. */
  lengthDelimited(end: number): number {
    const bytes = this.bytes;
    const first = bytes[this.pos]!;
    let stop: number;
    if (this.pos < end && first < 0x80) {
      stop = ++this.pos + first;
    } else {
      const length = this.uint32(end);
      stop = this.pos + length;
    }
    if (stop > end) throw this.failure('is cut off');
    return stop;
  }

  /** Passes over `size` bytes and returns where they began. */
  fixed(size: number, end: number): number {
    const start = this.pos;
    if (start + size > end) throw this.failure('is cut off');
    this.pos = start + size;
    return start;
  }

  /** Passes over a field that is unknown here or comes with another wire type than the specification's. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case WIRE.varint: this.int32(end); return;
      case WIRE.fixed64: this.fixed(8, end); return;
      case WIRE.bytes: this.pos = this.lengthDelimited(end); return;
      case WIRE.fixed32: this.fixed(4, end); return;
      default: throw this.failure(`has field ${tag >>> 3} with wire type ${tag & 7}, which OTLP does not use`);
    }
  }

  failure(what: string): OtlpDecodeError {
    return new OtlpDecodeError(`Not an OTLP trace request: ${this.message} ${what} (byte ${this.pos}).`);
  }
}
