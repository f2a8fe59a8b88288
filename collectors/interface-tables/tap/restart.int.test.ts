import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { startPostgres } from '@/scripts/engines/postgres';
import { postgresSettings } from '@/server/domain/sources/connection';
import { contractsOf } from '../testing/contracts';
import { INTERFACE_TABLE } from '../testing/database';
import { startManualTap } from '../testing/manual-tap';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-tables-'));
chmodSync(directory, 0o755);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('a server that is killed and started again is found again, with rows, totals and failures as they are', async () => {
  const dataDir = join(directory, 'postgres');
  const start = (port?: number) => startPostgres({ dataDir, password: 'engine', ...(port === undefined ? {} : { port }) });
  let engine = await start();
  const url = new URL(engine.url('postgres'));
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const settings = postgresSettings.parse({ host: url.hostname, port: Number(url.port), database: 'postgres', encryption: 'disable', pollSeconds: 60 });
  await run(`${INTERFACE_TABLE('orders')} INSERT INTO orders (status) VALUES ('N'), ('E'); CREATE ROLE tap_reader LOGIN PASSWORD 'tap'`);
  const tap = startManualTap(settings, { user: 'tap_reader', password: 'tap' }, contractsOf({ id: 'orders', table: 'orders' }));
  try {
    const before = await tap.lookAt('orders');
    await engine.stop();
    const down = await tap.look();
    expect(down.source).toMatchObject({ ok: false, channels: 0 });
    expect(down.tables).toMatchObject([{ ok: false, waiting: null, failed: null, counters: null, state: 'unreachable' }]);
    engine = await start(settings.port);
    await run(`UPDATE orders SET status = 'C', updated_at = now() WHERE status = 'E'; INSERT INTO orders (status) VALUES ('C'), ('E')`);
    await expect.poll(async () => (await tap.look()).source.ok, { interval: 200, timeout: 60_000 }).toBe(true);
    expect(await tap.lookAt('orders')).toMatchObject({ ok: true, waiting: 1n, failed: 1n, counters: { epoch: before.counters?.epoch, entered: 2n, left: 2n } });
    expect(tap.failures.map(({ itemKey, state }) => [itemKey, state])).toEqual([['2', 'failed'], ['2', 'resolved'], ['4', 'failed']]);
  } finally {
    await tap.stop();
    await engine.stop();
  }
});
