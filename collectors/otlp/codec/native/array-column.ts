import type { BlockWriter } from './block-writer';
import type { NativeColumn } from './native-column';
import { Word64Column } from './word-columns';

/** A column that knows how many values it holds, and so can be the inside of an array. */
interface CountedColumn extends NativeColumn {
  readonly rows: number;
}

/** `Array(T)`: the running total of elements after each row, then all elements. */
export class ArrayColumn<T extends CountedColumn> implements NativeColumn {
  private readonly offsets = new Word64Column();

  constructor(readonly elements: T) {}

  get rows(): number {
    return this.offsets.rows;
  }

  get byteLength(): number {
    return this.offsets.byteLength + this.elements.byteLength;
  }

  /** Ends a row: the elements appended since the last call are its elements. */
  endRow(): void {
    this.offsets.append(this.elements.rows, 0);
  }

  writePrefix(out: BlockWriter): void {
    this.elements.writePrefix(out);
  }

  writeData(out: BlockWriter): void {
    this.offsets.writeData(out);
    this.elements.writeData(out);
  }

  clear(): void {
    this.offsets.clear();
    this.elements.clear();
  }
}
