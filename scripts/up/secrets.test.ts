import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSecrets } from './secrets';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signalbox-secrets-'));
  file = join(directory, 'secrets.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('are made once, for this account only', () => {
  const made = loadSecrets(file);
  expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecrets(file)).toEqual(made);
});

test('keep what an older version made, and get what it did not know', () => {
  const { rabbitMqPassword: _unknown, ...older } = loadSecrets(file);
  writeFileSync(file, JSON.stringify(older));
  const completed = loadSecrets(file);
  expect(completed).toMatchObject(older);
  expect(completed.rabbitMqPassword).toMatch(/^[\w-]{32}$/);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(completed);
});

test('that are damaged are never made anew', () => {
  writeFileSync(file, '{"postgresPassword":');
  expect(() => loadSecrets(file)).toThrow(/is damaged: restore it from a backup/);
  expect(readFileSync(file, 'utf8')).toBe('{"postgresPassword":');
});
