import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { SOURCE_FOLDERS } from './source-files';

const PROGRAM = fileURLToPath(new URL('check-imports.ts', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function checkTree(files: Record<string, string>): { status: number | null; output: string } {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-imports-'));
  folders.push(root);
  for (const folder of SOURCE_FOLDERS) mkdirSync(join(root, folder));
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), source);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), PROGRAM], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('a planted violation fails the command and is named', () => {
  const { status, output } = checkTree({
    'server/services/hold/hold-flow.ts': "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
  });
  expect(output).toContain('database drivers only in server/store:\n  server/services/hold/hold-flow.ts imports pg');
  expect(status).toBe(1);
});

test('a clean tree passes', () => {
  const { status, output } = checkTree({
    'server/store/pool.ts': "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
    'next.config.mjs': 'export default {};\n',
  });
  expect(output).toBe('2 modules, 0 broken import rules\n');
  expect(status).toBe(0);
});
