import { isAscii, isUtf8 } from 'node:buffer';
import type { Corrections } from '../corrections';
import type { BlockWriter } from './block-writer';
import type { NativeColumn } from './native-column';

/** From this length on the native copy and check beat a loop, whose calls cost nothing. */
const LONG = 96;
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** A `String` column: each row is its length as varint and its bytes, which are always valid UTF-8. */
export class StringColumn implements NativeColumn {
  private buffer = Buffer.allocUnsafe(1024);
  /** Bytes used. */
  byteLength = 0;
  rows = 0;

  constructor(private readonly corrections: Corrections) {}

  /** Appends a text that is expected to be UTF-8; what is not is replaced by U+FFFD and counted. */
  appendUtf8(bytes: Buffer, pos: number, length: number): void {
    this.reserve(length + 5);
    if (length < LONG) {
      const buffer = this.buffer;
      const at = this.byteLength + 1;
      let seen = 0;
      for (let i = 0; i < length; i++) {
        const byte = bytes[pos + i]!;
        seen |= byte;
        buffer[at + i] = byte;
      }
      if (seen < 0x80 || isUtf8(bytes.subarray(pos, pos + length))) {
        buffer[at - 1] = length;
        this.byteLength = at + length;
        this.rows++;
        return;
      }
    } else {
      const source = bytes.subarray(pos, pos + length);
      if (isAscii(source) || isUtf8(source)) {
        this.writeLength(length);
        this.buffer.set(source, this.byteLength);
        this.byteLength += length;
        this.rows++;
        return;
      }
    }
    this.corrections.add('invalid-utf8');
    this.append(bytes.toString('utf8', pos, pos + length));
  }

  append(text: string): void {
    const length = text.length;
    this.reserve(length * 3 + 5);
    if (length < LONG) {
      const buffer = this.buffer;
      const at = this.byteLength + 1;
      let seen = 0;
      for (let i = 0; i < length; i++) {
        const unit = text.charCodeAt(i);
        seen |= unit;
        buffer[at + i] = unit;
      }
      if (seen < 0x80) {
        buffer[at - 1] = length;
        this.byteLength = at + length;
        this.rows++;
        return;
      }
    }
    const size = Buffer.byteLength(text);
    this.writeLength(size);
    this.byteLength += this.buffer.write(text, this.byteLength);
    this.rows++;
  }

  /** Appends fewer than 128 bytes that are known to be UTF-8. */
  appendEncoded(bytes: Uint8Array): void {
    const length = bytes.length;
    this.reserve(length + 1);
    const buffer = this.buffer;
    let at = this.byteLength;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) buffer[at++] = bytes[i]!;
    this.byteLength = at;
    this.rows++;
  }

  appendHex(bytes: Uint8Array, pos: number, length: number): void {
    this.reserve(length * 2 + 1);
    const buffer = this.buffer;
    let at = this.byteLength;
    buffer[at++] = length * 2;
    for (let i = 0; i < length; i++) {
      const byte = bytes[pos + i]!;
      buffer[at++] = HEX[byte >> 4]!;
      buffer[at++] = HEX[byte & 15]!;
    }
    this.byteLength = at;
    this.rows++;
  }

  appendEmpty(): void {
    this.reserve(1);
    this.buffer[this.byteLength++] = 0;
    this.rows++;
  }

  /** Appends again the `rows` rows that were written between the offsets `start` and `end`. */
  repeat(start: number, end: number, rows: number): void {
    this.reserve(end - start);
    this.buffer.copyWithin(this.byteLength, start, end);
    this.byteLength += end - start;
    this.rows += rows;
  }

  writePrefix(): void {}

  writeData(out: BlockWriter): void {
    out.bytes(this.buffer.subarray(0, this.byteLength));
  }

  clear(): void {
    this.byteLength = 0;
    this.rows = 0;
  }

  private writeLength(length: number): void {
    let rest = length;
    while (rest >= 0x80) {
      this.buffer[this.byteLength++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.byteLength++] = rest;
  }

  private reserve(size: number): void {
    if (this.byteLength + size <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.byteLength + size, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.byteLength);
    this.buffer = grown;
  }
}
