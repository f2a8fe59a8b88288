import { expect, test } from 'vitest';
import { checkDiskSpace, checkPlatform } from './preflight.mjs';

test('glibc Linux and macOS are supported', () => {
  expect(() => checkPlatform('linux', '2.36')).not.toThrow();
  expect(() => checkPlatform('darwin', undefined)).not.toThrow();
});

test('other platforms are told why and what to do', () => {
  expect(() => checkPlatform('win32', undefined)).toThrow(/566 MB library.*not on win32: start in a Debian/);
});

test('a full disk is told how much is needed where', () => {
  expect(() => checkDiskSpace('/data', true, 400e6)).toThrow(
    'Signalbox needs 3 GB of free disk space to install (the ClickHouse library alone is 566 MB) and run, /data has 0.4 GB: make room and try again.',
  );
  expect(() => checkDiskSpace('/data', false, 400e6)).toThrow(/needs 1 GB of free disk space to run/);
  expect(() => checkDiskSpace('/data', false, 2e9)).not.toThrow();
});
