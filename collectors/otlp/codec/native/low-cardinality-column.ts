import type { BlockWriter } from './block-writer';
import type { NativeColumn } from './native-column';

/** SerializationLowCardinality: the only version of the keys there is, and the flag for "the dictionary follows". */
const KEYS_VERSION = 1;
const HAS_ADDITIONAL_KEYS = 1 << 9;

/** `LowCardinality(String)`: the block's own dictionary, and per row an index into it as narrow as the dictionary allows. */
export class LowCardinalityColumn implements NativeColumn {
  private readonly indexByText = new Map<string, number>();
  private dictionary: string[] = [];
  private dictionaryBytes = 0;
  private indexes = new Uint32Array(256);
  private lastText = '';
  private lastIndex = -1;
  rows = 0;

  get byteLength(): number {
    return this.dictionaryBytes + this.rows * 2;
  }

  append(text: string): void {
    if (this.lastIndex < 0 || text !== this.lastText) {
      this.lastIndex = this.indexOf(text);
      this.lastText = text;
    }
    this.appendIndex(this.lastIndex);
  }

  /** The index of a text in this block's dictionary, to which it is added when it is new. */
  indexOf(text: string): number {
    let index = this.indexByText.get(text);
    if (index === undefined) {
      index = this.dictionary.length;
      this.dictionary.push(text);
      this.dictionaryBytes += text.length + 1;
      this.indexByText.set(text, index);
    }
    return index;
  }

  appendIndex(index: number): void {
    if (this.rows === this.indexes.length) this.grow(this.rows + 1);
    this.indexes[this.rows++] = index;
  }

  /** Appends again `count` rows that begin at row `first`. */
  repeat(first: number, count: number): void {
    if (this.rows + count > this.indexes.length) this.grow(this.rows + count);
    this.indexes.copyWithin(this.rows, first, first + count);
    this.rows += count;
  }

  writePrefix(out: BlockWriter): void {
    out.uint64(KEYS_VERSION);
  }

  writeData(out: BlockWriter): void {
    if (this.rows === 0) return;
    const indexes = this.indexes.subarray(0, this.rows);
    const width = this.dictionary.length <= 0x100 ? 0 : this.dictionary.length <= 0x1_0000 ? 1 : 2;
    out.uint64(width | HAS_ADDITIONAL_KEYS);
    out.uint64(this.dictionary.length);
    for (const text of this.dictionary) out.string(text);
    out.uint64(this.rows);
    if (width === 0) out.bytes(Uint8Array.from(indexes));
    else if (width === 1) out.bytes(new Uint8Array(Uint16Array.from(indexes).buffer));
    else out.bytes(new Uint8Array(indexes.buffer, 0, this.rows * 4));
  }

  clear(): void {
    this.indexByText.clear();
    this.dictionary = [];
    this.dictionaryBytes = 0;
    this.lastIndex = -1;
    this.rows = 0;
  }

  private grow(rows: number): void {
    const grown = new Uint32Array(Math.max(rows, this.indexes.length * 2));
    grown.set(this.indexes);
    this.indexes = grown;
  }
}
