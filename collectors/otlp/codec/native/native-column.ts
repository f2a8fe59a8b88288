import type { BlockWriter } from './block-writer';

/**
 * One column of a `Native` block (format revision 0, as over HTTP). ClickHouse writes a column in two parts: first the
 * prefix of its innermost type (only LowCardinality has one), then the data, outer offsets before inner values.
 */
export interface NativeColumn {
  /** Bytes the data takes, near enough to size buffers. */
  readonly byteLength: number;
  writePrefix(out: BlockWriter): void;
  writeData(out: BlockWriter): void;
  clear(): void;
}
