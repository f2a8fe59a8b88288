import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
