import type { BlockWriter } from './block-writer';
import type { NativeColumn } from './native-column';

/** Any 8-byte column (DateTime64, UInt64, Decimal(18, 4)) as two 32-bit words per row: no value passes through a number. */
export class Word64Column implements NativeColumn {
  private words = new Uint32Array(256);
  rows = 0;

  get byteLength(): number {
    return this.rows * 8;
  }

  append(low: number, high: number): void {
    const at = this.rows * 2;
    if (at === this.words.length) this.grow();
    this.words[at] = low;
    this.words[at + 1] = high;
    this.rows++;
  }

  /** Copies the 8 little endian bytes at `pos`. */
  appendFrom(bytes: Uint8Array, pos: number): void {
    this.append(
      bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24),
      bytes[pos + 4]! | (bytes[pos + 5]! << 8) | (bytes[pos + 6]! << 16) | (bytes[pos + 7]! << 24),
    );
  }

  writePrefix(): void {}

  writeData(out: BlockWriter): void {
    out.bytes(new Uint8Array(this.words.buffer, 0, this.rows * 8));
  }

  clear(): void {
    this.rows = 0;
  }

  private grow(): void {
    const grown = new Uint32Array(this.words.length * 2);
    grown.set(this.words);
    this.words = grown;
  }
}

/** An 8-byte column whose value is the same in every row and known only when the block is written: the batch id. */
export class ConstantWord64Column implements NativeColumn {
  value = 0n;
  rows = 0;

  get byteLength(): number {
    return this.rows * 8;
  }

  writePrefix(): void {}

  writeData(out: BlockWriter): void {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64LE(this.value);
    out.bytes(Buffer.alloc(this.rows * 8, bytes));
  }

  clear(): void {
    this.rows = 0;
  }
}

/** A one-byte column: Enum8. */
export class ByteColumn implements NativeColumn {
  private values = new Uint8Array(256);
  rows = 0;

  get byteLength(): number {
    return this.rows;
  }

  append(value: number): void {
    if (this.rows === this.values.length) {
      const grown = new Uint8Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.rows++] = value;
  }

  writePrefix(): void {}

  writeData(out: BlockWriter): void {
    out.bytes(this.values.subarray(0, this.rows));
  }

  clear(): void {
    this.rows = 0;
  }
}
