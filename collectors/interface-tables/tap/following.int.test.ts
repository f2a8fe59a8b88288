import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FailedMessage } from '@/server/domain/taps/facts';
import { contractsOf } from '../testing/contracts';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { startManualTap, type ManualTap } from '../testing/manual-tap';

let database: InterfaceDatabase;
let tap: ManualTap | null = null;
let tables = 0;

beforeAll(async () => { database = await createInterfaceDatabase(); });
afterAll(() => database.drop());
afterEach(async () => {
  await tap?.stop();
  tap = null;
});

async function freshTable(ddl = INTERFACE_TABLE): Promise<string> {
  tables += 1;
  const name = `orders_${tables}`;
  await database.run(ddl(name));
  return name;
}

function watch(table: string, channel = {}): ManualTap {
  tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table, channel }));
  return tap;
}

/** What is known of each item last, as storage keeps it. */
function states(failures: readonly FailedMessage[]): Record<string, string> {
  return Object.fromEntries(failures.map(({ itemKey, state }) => [itemKey, state]));
}

const totals = (sample: { counters: { entered: bigint | null; left: bigint | null } | null }) => [sample.counters?.entered, sample.counters?.left];

describe('rows that fail', () => {
  it('become failed messages with what the contract reads, and are resolved when they leave', async () => {
    const table = await freshTable();
    const following = watch(table);
    await database.run(`INSERT INTO ${table} (status, case_key, facility_code, amount, attempts, error_code, error_text) VALUES
      ('E', 'CLM-4711', 'north', 120.50, 3, 'ITEM_NOT_MAPPED', 'Item 88213 of "John Miller" unknown to target, mail j@x.org'), ('N', null, null, null, 0, null, null)`);
    await following.look();
    const [failed, ...others] = following.failures;
    expect(others).toEqual([]);
    expect(failed).toMatchObject({
      kind: 'failedMessage', sourceId: 'erp-db', channelId: `erp-db:table:public.${table}`, itemKey: '1', state: 'failed', nativeReason: 'ITEM_NOT_MAPPED', attempts: 3,
      errorText: 'Item {id} of {text} unknown to target, mail {id}',
      mapped: { flowId: 'orders', hopId: 'table', messageId: '1', facilityId: 'north', amount: '120.50', currency: 'USD', reason: 'ITEM_NOT_MAPPED', caseLabel: '•••11' },
    });
    expect(JSON.stringify(failed)).not.toContain('4711');
    await database.run(`UPDATE ${table} SET status = 'N', updated_at = now() WHERE id = 1`);
    await following.look();
    expect(following.failures.at(-1)).toMatchObject({ itemKey: '1', state: 'resolved', failedAt: failed!.failedAt, mapped: { facilityId: 'north' } });
    expect(following.failures).toHaveLength(2);
  });

  it('keep no error text where the contract does not say that it holds no health information', async () => {
    const table = await freshTable();
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table, phi: '{ contains: true, payloadRetention: P7D, maskProfile: strict }' }));
    await database.run(`INSERT INTO ${table} (status, error_text) VALUES ('E', 'Miller')`);
    await tap.look();
    expect(tap.failures[0]?.errorText).toBe('‹masked:6›');
  });

  it('are named by a token where the key identifies somebody', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status, case_key) VALUES ('E', 'MRN-1234567')`);
    const following = watch(table, { key: 'case_key' });
    await following.look();
    expect(following.failures[0]?.itemKey).toMatch(/^k1:[0-9a-f]{64}$/);
  });

  it('are told once while nothing changes, and again when they fail again', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status, attempts) VALUES ('E', 1)`);
    const following = watch(table);
    for (let look = 0; look < 3; look++) await following.look();
    expect(following.failures).toHaveLength(1);
    // Twice between two looks: only the last state is there to be seen.
    await database.run(`UPDATE ${table} SET status = 'P'`);
    await database.run(`UPDATE ${table} SET status = 'E', attempts = 2`);
    await following.look();
    expect(following.failures.map(({ state, attempts }) => [state, attempts])).toEqual([['failed', 1], ['failed', 2]]);
    expect(following.failures[1]?.failedAt).toBe(following.failures[0]?.failedAt);
  });

  it('that left while nobody watched are found out at the first look: storage hears which rows are still in error, if need be later', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status) VALUES ('E'), ('N'), ('E')`);
    const following = watch(table);
    following.storageWorks = false;
    await following.look();
    expect(following.reconciled).toEqual([]);
    following.storageWorks = true;
    await following.look();
    await vi.waitFor(() => expect(following.reconciled).toEqual([{ channelId: `erp-db:table:public.${table}`, stillFailed: ['1', '3'] }]));
    await following.look();
    expect(following.reconciled).toHaveLength(1);
  });

  it('wait for storage that is away, and are told once it is back', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status) SELECT 'E' FROM generate_series(1, 2500)`);
    const following = watch(table);
    following.storageWorks = false;
    // Details are read 2,000 at a time.
    await following.look();
    await following.look();
    expect(following.failures).toEqual([]);
    expect(following.report().detail.notes).toContain('2500 failed rows wait to be stored; they are offered again at the next look.');
    following.storageWorks = true;
    await following.look();
    await vi.waitFor(() => expect(Object.keys(states(following.failures))).toHaveLength(2500));
    expect(following.failures).toHaveLength(2500);
  });
});

describe('commits that come late', () => {
  it.each([['in one transaction', ''], ['inside a savepoint', 'SAVEPOINT s']])('are found exactly once, written %s', async (_, savepoint) => {
    const table = await freshTable();
    const following = watch(table);
    await following.look();
    const slow = await database.session();
    await slow.query('BEGIN');
    // The savepoint's own transaction number comes after the look that sees the later rows.
    if (savepoint !== '') await slow.query(`INSERT INTO ${table} (status) VALUES ('N')`);
    await database.run(`INSERT INTO ${table} (status) VALUES ('E')`);
    if (savepoint !== '') await slow.query(savepoint);
    await slow.query(`INSERT INTO ${table} (status, case_key) VALUES ('E', 'late')`);
    for (let later = 0; later < 5; later++) {
      await database.run(`INSERT INTO ${table} (status) VALUES ('E')`);
      await following.look();
    }
    expect(following.failures).toHaveLength(6);
    await slow.query('COMMIT');
    await following.look();
    await following.look();
    expect(following.failures).toHaveLength(7);
    const keys = following.failures.map(({ itemKey }) => itemKey);
    expect(new Set(keys).size).toBe(7);
  });

  it('count once as throughput, however long the transaction was open', async () => {
    const table = await freshTable();
    const following = watch(table);
    await following.look();
    const slow = await database.session();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO ${table} (status) SELECT 'C' FROM generate_series(1, 10)`);
    for (let look = 1; look <= 20; look++) {
      await database.run(`INSERT INTO ${table} (status) VALUES ('C')`);
      expect(totals(await following.lookAt(table))).toEqual([BigInt(look), BigInt(look)]);
    }
    await slow.query('COMMIT');
    expect(totals(await following.lookAt(table))).toEqual([30n, 30n]);
    expect(totals(await following.lookAt(table))).toEqual([30n, 30n]);
  });

  it('need no clock: a row that carries a time long ago is found', async () => {
    const table = await freshTable();
    const following = watch(table);
    await following.look();
    await database.run(`INSERT INTO ${table} (status, created_at, updated_at) VALUES ('E', now() - interval '2 days', now() - interval '2 days')`);
    await database.run(`INSERT INTO ${table} (status, created_at, updated_at) VALUES ('E', now() + interval '2 days', 'infinity')`);
    await following.look();
    expect(following.failures).toHaveLength(2);
  });

  it('need no order of keys: random keys are found', async () => {
    const table = await freshTable((name) => `CREATE TABLE ${name} (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), status text, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), attempts int, error_text text, error_code text, facility_code text, case_key text, amount numeric); GRANT SELECT ON ${name} TO PUBLIC`);
    const following = watch(table);
    for (let look = 0; look < 5; look++) {
      await database.run(`INSERT INTO ${table} (status) SELECT 'E' FROM generate_series(1, 20)`);
      await following.look();
    }
    expect(Object.keys(states(following.failures))).toHaveLength(100);
    expect(following.failures).toHaveLength(100);
  });

  it('are not invented when a transaction is undone', async () => {
    const table = await freshTable();
    const following = watch(table);
    const slow = await database.session();
    await slow.query(`BEGIN; INSERT INTO ${table} (status) VALUES ('E')`);
    await following.look();
    await slow.query('ROLLBACK');
    expect(await following.lookAt(table)).toMatchObject({ failed: 0n, counters: { entered: 0n, left: 0n } });
    expect(following.failures).toEqual([]);
  });
});

describe('throughput', () => {
  it('counts every row once as it comes and once as it goes, seen waiting or not', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status) SELECT 'N' FROM generate_series(1, 100)`);
    const following = watch(table);
    const first = await following.lookAt(table);
    expect(first).toMatchObject({ waiting: 100n, counters: { entered: 0n, left: 0n } });
    // 50 that were there are finished; 30 come and are finished; 7 come and wait; 3 come and fail.
    await database.run(`UPDATE ${table} SET status = 'C', updated_at = now() WHERE id <= 50`);
    await database.run(`INSERT INTO ${table} (status) SELECT 'C' FROM generate_series(1, 30)`);
    await database.run(`INSERT INTO ${table} (status) SELECT 'N' FROM generate_series(1, 7)`);
    await database.run(`INSERT INTO ${table} (status) SELECT 'E' FROM generate_series(1, 3)`);
    const second = await following.lookAt(table);
    expect(second).toMatchObject({ waiting: 57n, failed: 3n, counters: { entered: 40n, left: 80n, epoch: first.counters?.epoch } });
    expect(await following.lookAt(table)).toMatchObject({ counters: { entered: 40n, left: 80n } });
  });

  it('does not take an archive job that touches old finished rows for traffic', async () => {
    const table = await freshTable();
    await database.run(`INSERT INTO ${table} (status, created_at, updated_at) SELECT 'C', now() - interval '1 day', now() - interval '1 day' FROM generate_series(1, 500)`);
    const following = watch(table);
    await following.look();
    await database.run(`UPDATE ${table} SET updated_at = now(), facility_code = 'archived'`);
    expect(totals(await following.lookAt(table))).toEqual([0n, 0n]);
  });

  it('counts rows that are finished a second time only when they waited in between', async () => {
    const table = await freshTable();
    const following = watch(table);
    await following.look();
    await database.run(`INSERT INTO ${table} (status) VALUES ('C')`);
    expect(totals(await following.lookAt(table))).toEqual([1n, 1n]);
    await database.run(`UPDATE ${table} SET updated_at = now()`);
    expect(totals(await following.lookAt(table))).toEqual([1n, 1n]);
    await database.run(`UPDATE ${table} SET status = 'N', updated_at = now()`);
    expect(totals(await following.lookAt(table))).toEqual([2n, 1n]);
    await database.run(`UPDATE ${table} SET status = 'C', updated_at = now()`);
    expect(totals(await following.lookAt(table))).toEqual([2n, 2n]);
  });

  it('never goes down: rows deleted, purged, and the table emptied', async () => {
    const table = await freshTable();
    const following = watch(table);
    await following.look();
    await database.run(`INSERT INTO ${table} (status) SELECT 'N' FROM generate_series(1, 20); INSERT INTO ${table} (status) SELECT 'C' FROM generate_series(1, 20); INSERT INTO ${table} (status) VALUES ('E')`);
    const before = await following.lookAt(table);
    expect(totals(before)).toEqual([41n, 20n]);
    await database.run(`DELETE FROM ${table} WHERE status = 'C'`);
    expect(totals(await following.lookAt(table))).toEqual([41n, 20n]);
    await database.run(`DELETE FROM ${table} WHERE id <= 5`);
    expect(await following.lookAt(table)).toMatchObject({ waiting: 15n, counters: { entered: 41n, left: 25n } });
    await database.run(`TRUNCATE ${table}`);
    const emptied = await following.lookAt(table);
    expect(emptied).toMatchObject({ ok: true, waiting: 0n, failed: 0n, counters: { entered: 0n, left: 0n } });
    expect(emptied.counters?.epoch).not.toBe(before.counters?.epoch);
    expect(following.failures.map(({ state }) => state)).toEqual(['failed', 'resolved']);
  });

  it('is counted where nothing but waiting and done is named, and in partitioned tables, also when a partition is dropped', async () => {
    const table = await freshTable((name) => `CREATE TABLE ${name} (id bigint, status text, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), PRIMARY KEY (id)) PARTITION BY RANGE (id);
      CREATE TABLE ${name}_a PARTITION OF ${name} FOR VALUES FROM (0) TO (100); CREATE TABLE ${name}_b PARTITION OF ${name} FOR VALUES FROM (100) TO (200); GRANT SELECT ON ${name} TO PUBLIC`);
    tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table, fields: '{}', channel: { key: undefined, status: '{ column: status, pending: N, done: C }', attempts: undefined, errorText: undefined } }));
    await tap.look();
    await database.run(`INSERT INTO ${table} (id, status) SELECT n, CASE WHEN n % 2 = 0 THEN 'N' ELSE 'C' END FROM generate_series(90, 109) n`);
    const before = await tap.lookAt(table);
    expect(before).toMatchObject({ waiting: 10n, failed: null, counters: { entered: 20n, left: 10n } });
    await database.run(`DROP TABLE ${table}_a`);
    const after = await tap.lookAt(table);
    expect(after).toMatchObject({ waiting: 5n, counters: { entered: 0n, left: 0n } });
    expect(after.counters?.epoch).not.toBe(before.counters?.epoch);
  });

  it('is told apart by share, also for a row that changes its receiver', async () => {
    const table = await freshTable();
    tap = startManualTap(database.settings, database.reader, contractsOf(
      { id: 'to-billing', table, channel: { where: '{ destination: billing }' } },
      { id: 'to-others', table, channel: { where: '{ destination: [analytics, inventory] }' } },
    ));
    await tap.look();
    await database.run(`INSERT INTO ${table} (destination) VALUES ('billing'), ('billing'), ('analytics'), ('inventory'), ('nobody')`);
    await database.run(`INSERT INTO ${table} (destination, status) VALUES ('billing', 'C'), ('analytics', 'E'), ('nobody', 'E')`);
    const { tables: samples } = await tap.look();
    expect(samples.map(({ partition, waiting, failed, counters }) => [partition, waiting, failed, counters?.entered, counters?.left])).toEqual([
      ['destination=billing', 2n, 0n, 3n, 1n], ['destination=analytics,inventory', 2n, 1n, 3n, 0n],
    ]);
    await database.run(`UPDATE ${table} SET destination = 'analytics', updated_at = now() WHERE id = 1`);
    const { tables: moved } = await tap.look();
    expect(moved.map(({ waiting, counters }) => [waiting, counters?.entered, counters?.left])).toEqual([[1n, 3n, 2n], [3n, 4n, 0n]]);
    expect(tap.failures.map(({ mapped }) => mapped.flowId)).toEqual(['to-others']);
  });

  it('is not known, and says why, where finished rows cannot be told', async () => {
    const table = await freshTable();
    const following = watch(table, { updatedAt: undefined });
    expect((await following.lookAt(table)).counters).toBeNull();
    expect(following.report().detail.notes).toContain(`Throughput of public.${table} is not counted: that needs a value for "done" and the columns createdAt and updatedAt.`);
  });
});
