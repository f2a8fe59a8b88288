import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openConnection } from '../postgres/connection';
import { contractsOf } from '../testing/contracts';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { startManualTap, type ManualTap } from '../testing/manual-tap';
import { startTestProxy } from '../testing/proxy';

let database: InterfaceDatabase;
let tap: ManualTap;

beforeAll(async () => {
  database = await createInterfaceDatabase();
  await database.run(INTERFACE_TABLE('orders') + INTERFACE_TABLE('claims'));
  await database.run(`INSERT INTO orders (status) VALUES ('N'), ('P'), ('E'), ('H'), ('C'), ('C'); INSERT INTO claims (status) VALUES ('N')`);
});
afterAll(() => database.drop());
afterEach(() => tap.stop());

const contracts = (orders = {}) => contractsOf({ id: 'orders', table: 'orders', channel: orders }, { id: 'claims', table: 'claims' });

function startTap(orders = {}): ManualTap {
  tap = startManualTap(database.settings, database.reader, contracts(orders));
  return tap;
}

/** The next look that reaches the database; new connections are tried with growing pauses. */
async function lookUntilReached(): Promise<Awaited<ReturnType<ManualTap['look']>>> {
  let look: Awaited<ReturnType<ManualTap['look']>> | null = null;
  await expect.poll(async () => (look = await tap.look()).source.ok, { interval: 100, timeout: 60_000 }).toBe(true);
  return look!;
}

describe('a look', () => {
  it('counts rows by state and measures age by the database’s own clock', async () => {
    await database.run(`UPDATE orders SET created_at = clock_timestamp() - interval '90 seconds' WHERE status = 'N'`);
    const look = await startTap().look();
    expect(look.source).toMatchObject({ ok: true, channels: 2, error: '', alarms: [] });
    expect(Math.abs(look.source.clockDifferenceMs ?? Infinity)).toBeLessThan(1_000);
    const orders = look.tables.find(({ channelId }) => channelId === 'erp-db:table:public.orders');
    expect(orders).toMatchObject({ ok: true, channelType: 'table', state: 'present', waiting: 1n, inFlight: 1n, failed: 1n, held: 1n, consumers: null, bytes: null, ageMethod: 'row', ageNote: '' });
    expect(orders!.oldestAgeMs).toBeGreaterThanOrEqual(90_000);
    expect(orders!.oldestAgeMs).toBeLessThan(120_000);
    expect(tap.report()).toMatchObject({ status: 'ok', summary: '2 tables are looked at every 60 s.' });
  });

  it('says when the writer’s clock is ahead', async () => {
    await database.run(`UPDATE claims SET created_at = clock_timestamp() + interval '1 hour'`);
    const claims = await startTap().lookAt('claims');
    await database.run(`UPDATE claims SET created_at = now()`);
    expect(claims).toMatchObject({ oldestAgeMs: 0 });
    expect(claims.ageNote).toMatch(/lies 3\d{3} s after the database's clock/);
  });

  it('has no age to tell when nothing waits, and no figure for states that the contract does not name', async () => {
    expect(await startTap({ status: '{ column: status, pending: X }' }).lookAt('orders')).toMatchObject({ waiting: 0n, inFlight: null, failed: null, held: null, oldestAgeMs: null, ageMethod: 'row' });
  });

  it('reaches tables whose names need quotes', async () => {
    await database.run(`CREATE SCHEMA "Odd ""schema"; CREATE TABLE "Odd ""schema"."Äbc.def" (id int PRIMARY KEY, status text); INSERT INTO "Odd ""schema"."Äbc.def" VALUES (1, 'N');
      GRANT USAGE ON SCHEMA "Odd ""schema" TO PUBLIC; GRANT SELECT ON "Odd ""schema"."Äbc.def" TO PUBLIC`);
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'odd', table: '"Äbc.def"', fields: '{}', channel: { schema: `'Odd "schema'`, createdAt: undefined, updatedAt: undefined, attempts: undefined, errorText: undefined } }));
    expect((await tap.look()).tables).toMatchObject([{ channelId: 'erp-db:table:Odd%20"schema.Äbc%2Edef', ok: true, waiting: 1n, ageMethod: 'unknown' }]);
  });

  it('reads views, and works with grants on single columns', async () => {
    await database.run(`CREATE VIEW order_view AS SELECT * FROM orders; REVOKE ALL ON claims FROM PUBLIC; GRANT SELECT (id, status, created_at) ON claims TO PUBLIC; GRANT SELECT ON order_view TO PUBLIC`);
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table: 'order_view' }, { id: 'claims', table: 'claims' }));
    const look = await tap.look();
    await database.run(`GRANT SELECT (updated_at, xmin) ON claims TO PUBLIC; INSERT INTO claims (status) VALUES ('C')`);
    await tap.look();
    await database.run(`INSERT INTO claims (status) VALUES ('C')`);
    const granted = await tap.lookAt('claims');
    await database.run(`DELETE FROM claims WHERE status = 'C'; GRANT SELECT ON claims TO PUBLIC`);
    expect(granted).toMatchObject({ ok: true, waiting: 1n, counters: { entered: 1n, left: 1n } });
    expect(look.tables).toMatchObject([{ ok: true, waiting: 1n, counters: null }, { ok: true, waiting: 1n, failed: 1n, counters: { entered: 0n } }]);
    expect(tap.failures).toMatchObject([{ channelId: 'erp-db:table:public.order_view', state: 'failed' }]);
    expect(tap.report().detail.notes).toContain('public.claims has no readable column facility_code, case_key, amount, error_code, attempts, error_text: fields that are read from there stay empty.');
  });
});

describe('a table in trouble', () => {
  const bothStates = async () => (await tap.look()).tables.map(({ ok, state }) => [ok, state]);

  it('that is missing, or renamed, says so; the others go on', async () => {
    startTap();
    expect(await bothStates()).toEqual([[true, 'present'], [true, 'present']]);
    await database.run('ALTER TABLE orders RENAME TO orders_old');
    const look = await tap.look();
    await database.run('ALTER TABLE orders_old RENAME TO orders');
    expect(look.tables).toMatchObject([
      { channelId: 'erp-db:table:public.claims', ok: true },
      { channelId: 'erp-db:table:public.orders', ok: false, state: 'missing', waiting: null, error: 'There is no table public.orders in the database. Was it renamed or dropped? Correct the contract or restore it.' },
    ]);
    expect(look.source).toMatchObject({ ok: true, channels: 1 });
    expect(tap.report()).toMatchObject({ status: 'warning', lastError: look.tables[1]?.error });
    expect(await bothStates()).toEqual([[true, 'present'], [true, 'present']]);
  });

  it('that lacks a column, or has another type than the contract’s values, says so', async () => {
    startTap({ status: '{ column: stage, pending: N }' });
    expect((await tap.lookAt('orders')).error).toBe('public.orders has no readable column stage, which a contract names. Correct the contract, or grant SELECT on the column.');
    tap.contracts = contracts({ status: '{ column: id, pending: N }' });
    const look = await tap.look();
    expect(look.tables.map(({ ok }) => ok)).toEqual([true, false]);
    expect(look.tables[1]?.error).toMatch(/does not fit the type of its column/);
  });

  it('that may not be read says which grant is missing', async () => {
    startTap();
    await database.run('REVOKE SELECT ON orders FROM PUBLIC');
    const look = await tap.look();
    await database.run('GRANT SELECT ON orders TO PUBLIC');
    expect(look.tables.map(({ state }) => state)).toEqual(['present', 'denied']);
    expect(look.tables[1]?.error).toContain('GRANT SELECT ON "public"."orders"');
  });

  it('that is locked against readers does not stop the others', async () => {
    startTap();
    const locker = await database.session();
    await locker.query('BEGIN; LOCK TABLE claims IN ACCESS EXCLUSIVE MODE');
    const look = await tap.look();
    await locker.query('ROLLBACK');
    expect(look.tables.map(({ state }) => state)).toEqual(['locked', 'present']);
    expect(await bothStates()).toEqual([[true, 'present'], [true, 'present']]);
  });

  it('that answers too slowly is ended by the server and looked at less often', async () => {
    await database.run('CREATE VIEW slow_view AS SELECT o.* FROM orders o, LATERAL (SELECT pg_sleep(CASE WHEN o.id > 0 THEN 10 END)) s; GRANT SELECT ON slow_view TO PUBLIC');
    tap = startManualTap({ ...database.settings, pollSeconds: 2 }, database.reader, contractsOf({ id: 'slow', table: 'slow_view' }, { id: 'claims', table: 'claims' }));
    const look = await tap.look();
    expect(look.tables.map(({ state }) => state)).toEqual(['present', 'slow']);
    expect(look.tables[1]?.error).toMatch(/took longer than it may/);
    // The failure stands until the next look at it, which is not the next instant.
    expect(await tap.lookAt('slow_view')).toMatchObject({ ok: false, state: 'slow' });
    expect(tap.report().detail).toMatchObject({ tablesLookedAtLessOften: 1 });
    const [running] = await database.run(`SELECT count(*) AS statements FROM pg_stat_activity WHERE usename = $1 AND state = 'active'`, [database.reader.user]);
    expect(running?.statements).toBe('0');
  });

  it('whose key names several rows is counted all the same', async () => {
    startTap({ key: 'destination' });
    expect(await tap.lookAt('orders')).toMatchObject({ ok: true, waiting: 1n, failed: 1n, counters: null });
    expect(tap.report().detail.notes).toContainEqual(expect.stringContaining('The key destination does not name one row each'));
  });

  it('that holds status values which the contract does not name says which', async () => {
    await database.run(`CREATE TABLE cancelled (id int PRIMARY KEY, status text); INSERT INTO cancelled SELECT n, (ARRAY['N', 'CANCELLED'])[1 + n % 2] FROM generate_series(1, 20) n; GRANT SELECT ON cancelled TO PUBLIC; ANALYZE cancelled`);
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table: 'cancelled', fields: '{}', channel: { createdAt: undefined, updatedAt: undefined, attempts: undefined, errorText: undefined } }));
    expect((await tap.look()).tables).toMatchObject([{ ok: true, waiting: 10n }]);
    expect(tap.report().detail.notes).toContain('Column status of public.cancelled also holds "CANCELLED", which the contract does not name: such rows are in no figure.');
  });

  it('that two contracts describe differently is read by the first, and said', async () => {
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'a', table: 'orders', channel: { where: '{ destination: billing }' } }, { id: 'b', table: 'orders', channel: { where: '{ destination: erp }', status: '{ column: status, pending: P }' } }));
    expect((await tap.look()).tables).toMatchObject([{ partition: 'destination=billing', waiting: 1n }, { partition: 'destination=erp', waiting: 0n }]);
    expect(tap.report().detail.notes).toContainEqual(expect.stringContaining('Contracts a and b describe public.orders differently'));
  });
});

describe('a database in trouble', () => {
  it('that ends our connections is connected again, and nothing is counted or told twice', async () => {
    startTap();
    const before = await tap.lookAt('orders');
    expect(tap.failures).toHaveLength(1);
    await database.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, [database.reader.user]);
    await database.run(`INSERT INTO orders (status) VALUES ('C'), ('E')`);
    const { tables } = await lookUntilReached();
    expect(tables[1]).toMatchObject({ failed: 2n, counters: { epoch: before.counters?.epoch, entered: 2n, left: 1n } });
    expect(tap.failures).toHaveLength(2);
    await database.run(`DELETE FROM orders WHERE id > 6`);
  });

  it('that revokes the credentials is down with a sentence without secrets, and every channel says so', async () => {
    startTap();
    await tap.look();
    await database.run(`ALTER ROLE ${database.reader.user} NOLOGIN`);
    await database.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, [database.reader.user]);
    const looks = [await tap.look(), await tap.look(), await tap.look()];
    await database.run(`ALTER ROLE ${database.reader.user} LOGIN`);
    const last = looks.at(-1)!;
    expect(last.source).toMatchObject({ ok: false, clockDifferenceMs: null, channels: 0 });
    expect(last.source.error).toMatch(/refuses user tap_reader_\w+\. Check user, password and pg_hba\.conf\./);
    expect(last.tables).toMatchObject([{ ok: false, waiting: null, counters: null, error: last.source.error }, { ok: false }]);
    expect(JSON.stringify([looks.map(({ source }) => source), tap.report()])).not.toContain(database.reader.password);
    expect(tap.report()).toMatchObject({ status: 'down' });
    expect((await lookUntilReached()).tables.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('behind a network that is cut or falls silent is told as unreachable, and found again', async () => {
    const proxy = await startTestProxy(database.settings.host, database.settings.port);
    tap = startManualTap({ ...database.settings, host: '127.0.0.1', port: proxy.port, pollSeconds: 2 }, database.reader, contracts());
    try {
      expect((await tap.look()).source.ok).toBe(true);
      proxy.cut(true);
      expect((await tap.look()).source).toMatchObject({ ok: false });
      proxy.cut(false);
      await lookUntilReached();
      proxy.silence(true);
      expect((await tap.look()).source.error).toBe(`127.0.0.1:${proxy.port} stopped answering. The connection will be opened again.`);
      proxy.silence(false);
      expect((await lookUntilReached()).tables.map(({ ok }) => ok)).toEqual([true, true]);
    } finally {
      await proxy.stop();
    }
  });
});

describe('looking', () => {
  it('changes nothing, also with a role that may write', async () => {
    await database.run('ANALYZE orders; ANALYZE claims');
    const written = () => database.run(`SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE relname IN ('orders', 'claims') ORDER BY 1`);
    const rows = () => database.run('SELECT *, xmin, xmax FROM orders ORDER BY id');
    const before = [await written(), await rows()];
    tap = startManualTap(database.settings, database.admin, contracts());
    for (let look = 0; look < 3; look++) await tap.look();
    expect([await written(), await rows()]).toEqual(before);
    const connection = await openConnection(database.settings, database.admin, { statementMs: 1_000, lockMs: 100 });
    await expect(connection.query(`UPDATE orders SET status = 'C'`, [], 'table orders')).rejects.toThrow('SQLSTATE 25006');
    await connection.close();
  });

  it('uses one connection under its own name, and leaves none behind', async () => {
    startTap();
    await tap.look();
    await tap.look();
    const ours = () => database.run(`SELECT application_name, state FROM pg_stat_activity WHERE usename = $1`, [database.reader.user]);
    expect(await ours()).toEqual([{ application_name: 'signalbox-tap', state: 'idle' }]);
    await tap.stop();
    await expect.poll(ours).toEqual([]);
  });
});
