import { afterAll, beforeAll, expect, it } from 'vitest';
import { contractsOf } from '../testing/contracts';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { startManualTap } from '../testing/manual-tap';

const ROWS = 1_000_000;
let database: InterfaceDatabase;

beforeAll(async () => {
  database = await createInterfaceDatabase();
  await database.run(INTERFACE_TABLE('orders'));
  await database.run(`INSERT INTO orders (status, created_at, updated_at)
    SELECT CASE WHEN n % 10000 = 0 THEN 'E' WHEN n % 5000 = 1 THEN 'N' ELSE 'C' END, now() - interval '1 day', now() - interval '1 day' FROM generate_series(1, ${ROWS}) n`);
  await database.run('ANALYZE orders');
});
afterAll(() => database.drop());

it('a million rows without an index are looked at seldom, with the index that would help; with it, at every instant', async () => {
  const tap = startManualTap({ ...database.settings, pollSeconds: 2 }, database.reader, contractsOf({ id: 'orders', table: 'orders' }));
  try {
    const first = await tap.lookAt('orders');
    expect(first).toMatchObject({ ok: true, state: 'present', waiting: 200n, failed: 100n, counters: null });
    const carried = await tap.lookAt('orders');
    expect(carried).toMatchObject({ ok: true, state: 'carried', waiting: 200n, ageNote: expect.stringContaining('looks are slowed') });
    const { detail, status, summary } = tap.report();
    expect(status).toBe('warning');
    expect(summary).toContain('1 of 1 tables are looked at less often, and 2 indexes would help.');
    expect(detail.indexAdvice).toEqual([
      `CREATE INDEX CONCURRENTLY "signalbox_orders_open" ON "public"."orders" ("status") WHERE "status" IN ('N', 'P', 'E', 'H');`,
      `CREATE INDEX CONCURRENTLY "signalbox_orders_finished" ON "public"."orders" ("updated_at") WHERE "status" = 'C';`,
    ]);
    const scansBefore = await scans();
    await tap.look();
    expect(await scans()).toEqual(scansBefore);
    for (const statement of detail.indexAdvice as string[]) await database.run(statement);
  } finally {
    await tap.stop();
  }

  const indexed = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table: 'orders' }));
  try {
    await indexed.look();
    const [before] = await scans();
    await database.run(`INSERT INTO orders (status) VALUES ('C'), ('N'), ('E')`);
    const sample = await indexed.lookAt('orders');
    expect(sample).toMatchObject({ ok: true, state: 'present', waiting: 201n, failed: 101n, counters: { entered: 3n, left: 1n } });
    expect(indexed.report().detail).toMatchObject({ indexAdvice: [], tablesLookedAtLessOften: 0 });
    expect(await scans()).toEqual([before]);
  } finally {
    await indexed.stop();
  }
});

/** Whole-table reads so far, once the server has counted all that ended. */
async function scans(): Promise<Record<string, string>[]> {
  await database.run('SELECT pg_stat_force_next_flush()');
  return database.run(`SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'orders'`);
}
