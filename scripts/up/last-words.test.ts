import { expect, test } from 'vitest';
import { lastWords } from './last-words';

test.each([
  ['a thrown error', 'starting\n/x/y.ts:3\n  throw new Error("no")\n        ^\n\nError: port 80 is taken\n    at f (x:1)\n\nNode.js v20.20.2\n', 'port 80 is taken'],
  ['an error with a code', 'Error [ERR_X]: no such module\n    at f', 'no such module'],
  ['a JSON log line', '{"level":30,"msg":"up"}\n{"level":60,"msg":"spool is locked"}\n', 'spool is locked'],
  ['a plain sentence', 'one\nsandbox: no database\n', 'sandbox: no database'],
])('%s', (_, output, words) => {
  expect(lastWords(output)).toBe(words);
});

test('nothing said', () => {
  expect(lastWords('\n \n')).toBeUndefined();
});
