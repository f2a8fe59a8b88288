import type { Corrections } from '../corrections';
import type { BlockWriter } from './block-writer';
import { LowCardinalityColumn } from './low-cardinality-column';
import type { NativeColumn } from './native-column';
import { StringColumn } from './string-column';
import { Word64Column } from './word-columns';

/** Where a row of a map stands, to append it again. */
export interface MapRow {
  readonly firstEntry: number;
  readonly entries: number;
  readonly valuesStart: number;
  readonly valuesEnd: number;
}

/** `Map(LowCardinality(String), String)`, which is an array of pairs: offsets, all keys, all values. */
export class MapColumn implements NativeColumn {
  readonly keys = new LowCardinalityColumn();
  readonly values: StringColumn;
  private readonly offsets = new Word64Column();
  /** Index in the dictionary of `keys` by key id; -1 where the block does not have the key yet. */
  private keyIndexes = new Int32Array(128).fill(-1);
  private rowEntry = 0;
  private rowByte = 0;
  private nextEntry = 0;
  private nextByte = 0;

  constructor(corrections: Corrections) {
    this.values = new StringColumn(corrections);
  }

  get rows(): number {
    return this.offsets.rows;
  }

  get byteLength(): number {
    return this.offsets.byteLength + this.keys.byteLength + this.values.byteLength;
  }

  /** Appends the key of an entry; its value has to follow in `values`. `keyId` stands for `text` until {@link clear}. */
  appendKey(keyId: number, text: string): void {
    if (keyId >= this.keyIndexes.length) this.growKeyIndexes(keyId);
    let index = this.keyIndexes[keyId]!;
    if (index < 0) {
      index = this.keys.indexOf(text);
      this.keyIndexes[keyId] = index;
    }
    this.keys.appendIndex(index);
  }

  endRow(): void {
    this.rowEntry = this.nextEntry;
    this.rowByte = this.nextByte;
    this.nextEntry = this.keys.rows;
    this.nextByte = this.values.byteLength;
    this.offsets.append(this.nextEntry, 0);
  }

  /** Where the last ended row stands. */
  lastRow(): MapRow {
    return {
      firstEntry: this.rowEntry,
      entries: this.nextEntry - this.rowEntry,
      valuesStart: this.rowByte,
      valuesEnd: this.nextByte,
    };
  }

  repeatRow(row: MapRow): void {
    this.keys.repeat(row.firstEntry, row.entries);
    this.values.repeat(row.valuesStart, row.valuesEnd, row.entries);
    this.endRow();
  }

  writePrefix(out: BlockWriter): void {
    this.keys.writePrefix(out);
  }

  writeData(out: BlockWriter): void {
    this.offsets.writeData(out);
    this.keys.writeData(out);
    this.values.writeData(out);
  }

  clear(): void {
    this.keys.clear();
    this.values.clear();
    this.offsets.clear();
    this.keyIndexes.fill(-1);
    this.rowEntry = this.rowByte = this.nextEntry = this.nextByte = 0;
  }

  private growKeyIndexes(keyId: number): void {
    const grown = new Int32Array(Math.max(keyId + 1, this.keyIndexes.length * 2)).fill(-1);
    grown.set(this.keyIndexes);
    this.keyIndexes = grown;
  }
}
