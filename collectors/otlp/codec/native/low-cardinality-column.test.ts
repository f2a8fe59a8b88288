import { expect, it } from 'vitest';
import { readNativeBlock } from '../testing/native-reader';
import { BlockWriter } from './block-writer';
import { LowCardinalityColumn } from './low-cardinality-column';

it.each([1, 256, 257, 65_536, 65_537])('writes indexes as wide as a dictionary of %i texts needs', (distinct) => {
  const column = new LowCardinalityColumn();
  const texts = Array.from({ length: distinct + 3 }, (_, i) => `text ${i % distinct}`);
  for (const text of texts) column.append(text);
  const out = new BlockWriter(16);
  out.varint(1);
  out.varint(texts.length);
  out.string('Value');
  out.string('LowCardinality(String)');
  column.writePrefix(out);
  column.writeData(out);
  expect(readNativeBlock(out.finish()).map((row) => row['Value'])).toEqual(texts);
});
