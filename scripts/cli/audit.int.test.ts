import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { formatAnchorLine } from '@/server/domain/audit/anchor-line';
import { openStores } from '@/server/services/testing/stores';
import { runCli } from './run-cli';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-audit-'));
const cleanUp: (() => Promise<void>)[] = [];
let env: Record<string, string>;
let owner: Client;
const cli = (...argv: string[]) => runCli(argv, env);

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  const stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  owner = new Client({ connectionString: postgres.url });
  await owner.connect();
  cleanUp.push(() => owner.end(), () => stores.close(), () => postgres.drop(), () => clickhouse.drop());
  env = { DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.writerUrl };
  for (const name of ['first', 'second', 'third']) await cli('token', 'create', '--name', name, '--role', 'viewer');
});
afterAll(async () => {
  for (const step of cleanUp) await step();
  rmSync(folder, { recursive: true });
});

it('lists events by filter, a page at a time', async () => {
  const { exitCode, stdout } = await cli('audit', 'list', '--action', 'token', '--limit', '2');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^EVENT\s+TIME \(UTC\)\s+ACTOR\s+ACTION\s+SUBJECT\s+OUTCOME\s+REASON\n#3\s+\S+Z\s+system:cli \S+\s+token\.create\s+token:third\s+done\n#2\s.*token:second.*\nThere are more: add --cursor 2\.$/);
  expect((await cli('audit', 'list', '--cursor', '2', '--json')).stdout).toContain('"subject": "token:first"');
  expect(await cli('audit', 'list', '--from', 'yesterday')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--from: must be an instant') });
});

it('verifies the chain against an anchor file, and says with words and exit code when it is broken', async () => {
  expect(await cli('audit', 'verify')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Intact: all 3 events hold, up to #3 of \S+Z\.\nCompared with 0 anchors\.$/) });
  const { rows } = await owner.query<{ seq: string; hash: string }>('SELECT seq, hash FROM audit_events ORDER BY seq');
  const file = join(folder, 'anchors.jsonl');
  const line = ({ seq, hash }: { seq: string; hash: string }) => formatAnchorLine({ chain: rows[0]!.hash, seq, hash, at: '2026-01-05T08:00:00.000Z' });
  writeFileSync(file, `${line(rows[0]!)}{"chain":"half a li\n\n${line(rows[2]!)}`);
  expect(await cli('audit', 'verify', '--anchors', file)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Compared with 2 anchors.\n1 of 3 lines of ${file} are no anchors and were passed over.`) });
  expect(await cli('audit', 'verify', '--anchors', join(folder, 'none'))).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('does not exist') });

  await owner.query('ALTER TABLE audit_events DISABLE TRIGGER ALL');
  await owner.query('DELETE FROM audit_events WHERE seq = 3');
  expect(await cli('audit', 'verify')).toMatchObject({ exitCode: 0 });
  const cutOff = `The trail ends at #2, but reached #3 at 2026-01-05T08:00:00.000Z, says ${file}: what came after #2 was removed.`;
  expect(await cli('audit', 'verify', '--anchors', file)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`Broken. ${cutOff}`) });
  await owner.query("UPDATE audit_events SET actor = 'user:eve' WHERE seq = 2");
  const json = await cli('audit', 'verify', '--json');
  expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([1, expect.objectContaining({ state: 'broken', events: '1', firstBreak: expect.objectContaining({ seq: '2', kind: 'changed' }) })]);
});
