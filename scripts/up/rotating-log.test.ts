import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RotatingLog } from './rotating-log';

test('a log never takes more than twice its limit, and keeps the newest lines', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-log-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'web.log');
  const first = new RotatingLog(path, 20);
  for (let line = 0; line < 5; line += 1) first.write(Buffer.from(`line ${line}\n`));
  first.close();
  const second = new RotatingLog(path, 20);
  for (let line = 5; line < 8; line += 1) second.write(Buffer.from(`line ${line}\n`));
  second.close();
  expect(readdirSync(directory).toSorted()).toEqual(['web.log', 'web.log.1']);
  expect(readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')).toMatch(/^line 4\nline 5\nline 6\nline 7\n$/);
});

test('a log that cannot be written says afterwards how much it lost', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-log-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'web.log');
  const log = new RotatingLog(path, 10);
  log.write(Buffer.from('first\n'));
  // A directory in the way of the rotated file stands for a disk that refuses.
  mkdirSync(join(`${path}.1`, 'in the way'), { recursive: true });
  log.write(Buffer.from('second\n'));
  rmSync(`${path}.1`, { recursive: true });
  log.write(Buffer.from('third\n'));
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('(7 bytes of log could not be written)\nthird\n');
});
