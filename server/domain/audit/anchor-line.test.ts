import { expect, test } from 'vitest';
import { formatAnchorLine, parseAnchorLine } from './anchor-line';

const anchor = { chain: 'a'.repeat(64), seq: '12', hash: 'b'.repeat(64), at: '2026-01-05T08:00:00.000Z' };

test('a line is read as it was written', () => {
  expect(formatAnchorLine(anchor).endsWith('}\n')).toBe(true);
  expect(parseAnchorLine(formatAnchorLine(anchor))).toEqual(anchor);
});

test.each(['', '{"chain":"aa', 'null', JSON.stringify({ ...anchor, seq: '-1' }), JSON.stringify({ ...anchor, hash: 'x' }), JSON.stringify({ ...anchor, at: 'yesterday' })])('%j is none', (line) => {
  expect(parseAnchorLine(line)).toBeNull();
});
