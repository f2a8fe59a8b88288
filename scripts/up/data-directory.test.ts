import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { lockDataDirectory, openDataDirectory, type DataDirectory } from './data-directory';
import { loadSecrets } from './secrets';

let directory: DataDirectory;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-data-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  directory = openDataDirectory(join(root, 'new'));
});

test('a living supervisor keeps others out, with its pid', () => {
  const release = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(
    `data directory ${directory.root} is in use by another Signalbox (pid ${process.pid}); stop it or use --data-dir.`,
  );
  release();
  lockDataDirectory(directory)();
});

test.each([
  ['a dead one’s lock', JSON.stringify({ pid: 2 ** 30, startTime: '1' })],
  ['a lock whose pid was given to another process', JSON.stringify({ pid: process.pid, startTime: '1' })],
  ['a damaged lock', '{'],
])('%s is taken over', (_, content) => {
  writeFileSync(directory.lockFile, content);
  const release = lockDataDirectory(directory);
  expect(JSON.parse(readFileSync(directory.lockFile, 'utf8'))).toMatchObject({ pid: process.pid });
  release();
});

test('a directory that cannot be made is refused with what to do', () => {
  const file = join(directory.root, 'file');
  writeFileSync(file, '');
  expect(() => openDataDirectory(join(file, 'below'))).toThrow(/cannot be written \(.*\): choose another with --data-dir\.$/);
});

test('secrets are made once, for their owner only', () => {
  const first = loadSecrets(directory.secretsFile);
  expect(loadSecrets(directory.secretsFile)).toEqual(first);
  expect(statSync(directory.secretsFile).mode & 0o777).toBe(0o600);
  expect(Buffer.from(first.signalboxSecret, 'base64')).toHaveLength(32);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
});

test('damaged secrets are not replaced', () => {
  writeFileSync(directory.secretsFile, '{"nextAuth');
  expect(() => loadSecrets(directory.secretsFile)).toThrow(/is damaged: restore it/);
  expect(readFileSync(directory.secretsFile, 'utf8')).toBe('{"nextAuth');
});
