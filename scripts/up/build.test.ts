import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isBuilt, stampBuild } from './build';

function checkout(): { root: string; write: (path: string, content: string) => void } {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (path: string, content: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write('package-lock.json', '{}');
  write('app/page.tsx', 'one');
  write('server/domain/health.ts', 'two');
  return { root, write };
}

test('nothing is built in a bare checkout', () => {
  expect(isBuilt(checkout().root)).toBe(false);
});

test.each([
  ['app/page.tsx', 'changed', false],
  ['app/new.tsx', 'new', false],
  ['server/domain/health.ts', 'changed', false],
  ['package-lock.json', '{"changed":true}', false],
  ['next.config.mjs', 'new', false],
  ['app/page.test.tsx', 'a test', true],
  ['README.md', 'words', true],
  ['collectors/main.ts', 'not the web', true],
])('after a build, %s with new content leaves the build current: %s → %s', (path, content, current) => {
  const { root, write } = checkout();
  write('.next/BUILD_ID', 'id');
  stampBuild(root);
  expect(isBuilt(root)).toBe(true);
  write(path, content);
  expect(isBuilt(root)).toBe(current);
});

test('a build that was wiped is not current', () => {
  const { root, write } = checkout();
  write('.next/BUILD_ID', 'id');
  stampBuild(root);
  rmSync(join(root, '.next/BUILD_ID'));
  expect(isBuilt(root)).toBe(false);
});
