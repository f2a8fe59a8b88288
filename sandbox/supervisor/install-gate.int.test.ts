import { Client, Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestPostgres } from '@/scripts/testing/databases';
import { createTestPostgres } from '@/scripts/testing/databases';
import { INTERFACES } from '../network/interfaces';
import type { BusinessMessage } from '../network/message';
import { createFaults } from '../runtime/active-faults';
import type { Consumer } from '../runtime/consumer';
import { startConsumer } from '../runtime/consumer';
import { databaseAddress } from '../runtime/database';
import { Failure } from '../runtime/failure';
import { enqueue } from '../runtime/interface-table';
import type { Telemetry } from '../runtime/telemetry';
import type { DatabaseAccount, DatabaseAccounts } from './database-accounts';
import { databaseUrlOf, prepareDatabaseAccounts } from './database-accounts';
import { installGate } from './install-gate';
import { prepareDatabase } from './prepare-database';

const patiently = { timeout: 30_000, interval: 50 };
const untold: Telemetry = {
  service: 'test', messageAttributes: () => ({}), attemptAttributes: () => ({}),
  inSpan: (_, work) => work(undefined as never), shutdown: async () => undefined,
};
const ROLES = ['billing', 'middleware', 'inventory', 'erp'] as const;

let database: TestPostgres;
let accounts: DatabaseAccounts;
let clients: Client[];
let pools: Record<(typeof ROLES)[number], Pool>;
let consumers: Consumer[];

beforeEach(async () => {
  database = await createTestPostgres();
  clients = [];
  consumers = [];
  await prepareDatabase(database.url);
  const made = await prepareDatabaseAccounts(database.url);
  if (made === undefined) throw new Error('The test’s role may not make others');
  accounts = made;
  await installGate(database.url, accounts);
  pools = Object.fromEntries(ROLES.map((role) => [role, new Pool({ connectionString: databaseUrlOf(database.url, accounts.systems[role]), max: 4 })])) as typeof pools;
  for (const pool of Object.values(pools)) pool.on('error', () => undefined);
});
afterEach(async () => {
  for (const consumer of consumers) consumer.stop();
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await database.drop();
});

async function as(account: DatabaseAccount): Promise<Client> {
  const client = new Client({ connectionString: databaseUrlOf(database.url, account) });
  await client.connect();
  clients.push(client);
  return client;
}

async function setGate(table: string, closed: boolean, allow: object | null = null, share = ''): Promise<void> {
  const [schema, name] = table.split('.');
  const { rowCount } = await (await as(accounts.operator)).query(
    'UPDATE signalbox.gate SET closed = $4, allow = $5, changed_at = now() WHERE table_schema = $1 AND table_name = $2 AND share = $3',
    [schema, name, share, closed, allow === null ? null : JSON.stringify(allow)],
  );
  expect(rowCount).toBe(1);
}

const sender = () => ({ telemetry: untold, database: databaseAddress(database.url) });
const send = (id: string, payer = '60410') =>
  enqueue(sender(), pools.inventory, INTERFACES.charge, 'billing', { facts: { messageId: id, claim: `C-${id}`, payer, facility: 'MH110', department: '7010' }, details: {} });

async function consume(work: (message: BusinessMessage) => Promise<void>): Promise<void> {
  const options = { ...sender(), pool: pools.middleware, faults: createFaults(), table: INTERFACES.charge, destination: 'billing' };
  consumers.push(await startConsumer({ ...options, work: ({ message }) => work(message) }));
}

async function states(): Promise<Record<string, string>> {
  const { rows } = await (await as(accounts.observer)).query<{ message_id: string; status: string }>('SELECT message_id, status FROM inventory.charge_interface');
  return Object.fromEntries(rows.map((row) => [row.message_id, row.status]));
}

async function keyOf(id: string): Promise<string> {
  const { rows } = await (await as(accounts.observer)).query<{ key: string }>('SELECT interface_id::text AS key FROM inventory.charge_interface WHERE message_id = $1', [id]);
  return rows[0]?.key ?? '';
}

describe('a gate of an interface table', { timeout: 60_000 }, () => {
  it('holds what waits and what comes, lets named keys and one payer through, and in the end everything, each row once', async () => {
    const taken: string[] = [];
    await setGate('inventory.charge_interface', true);
    for (const id of ['1', '2', '3']) await send(id);
    await send('4', '00435');
    await consume(async ({ facts }) => void taken.push(facts.messageId));
    await send('5');

    await setGate('inventory.charge_interface', true, { keys: [await keyOf('5')] });
    await vi.waitFor(() => expect(taken).toEqual(['5']), patiently);
    await send('6');
    await send('7', '00435');
    await setGate('inventory.charge_interface', true, { column: 'payer_code', values: ['00435'] });
    await vi.waitFor(() => expect(taken.toSorted()).toEqual(['4', '5', '7']), patiently);
    await vi.waitFor(async () => expect(await states()).toEqual({ 1: 'N', 2: 'N', 3: 'N', 4: 'C', 5: 'C', 6: 'N', 7: 'C' }), patiently);

    await setGate('inventory.charge_interface', false);
    await vi.waitFor(async () => expect(new Set(Object.values(await states()))).toEqual(new Set(['C'])), patiently);
    expect(taken.toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('lets rows in process finish or fail, and holds the failed ones when they are due again', async () => {
    const taken: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    await send('failing');
    await consume(async ({ facts }) => {
      taken.push(facts.messageId);
      if (facts.messageId === 'failing' && taken.length === 1) await new Promise((_, reject) => (fail = reject));
    });
    await vi.waitFor(() => expect(taken).toEqual(['failing']), patiently);
    await setGate('inventory.charge_interface', true);
    fail(new Failure('TARGET_UNREACHABLE', 'billing did not answer'));
    await vi.waitFor(async () => expect(await states()).toEqual({ failing: 'E' }), patiently);
    // Due at once; the owner of the table may write it so, the application may not.
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    clients.push(owner);
    await owner.query('UPDATE inventory.charge_interface SET next_attempt_at = now()');

    await send('canary');
    await setGate('inventory.charge_interface', true, { keys: [await keyOf('canary')] });
    await vi.waitFor(() => expect(taken).toEqual(['failing', 'canary']), patiently);
    expect(await states()).toMatchObject({ failing: 'E' });
    await setGate('inventory.charge_interface', false);
    await vi.waitFor(async () => expect(await states()).toEqual({ failing: 'C', canary: 'C' }), patiently);
  });

  it('lets an application start again while it is held, and pick up what it had in process', async () => {
    const taken: string[] = [];
    await send('left behind');
    await pools.middleware.query(`UPDATE inventory.charge_interface SET status = 'P', updated_at = now() - interval '1 second'`);
    await send('waiting');
    await setGate('inventory.charge_interface', true);
    await consume(async ({ facts }) => void taken.push(facts.messageId));
    await vi.waitFor(async () => expect(await states()).toEqual({ 'left behind': 'C', waiting: 'N' }), patiently);
    expect(taken).toEqual(['left behind']);
  });

  it('does not keep an application from sending into a table that it also takes from', async () => {
    await setGate('billing.remittance_posting_queue', true);
    const message = { facts: { messageId: 'P1', claim: 'C1', payer: '60410' }, details: {} };
    for (const _ of [1, 2]) await enqueue(sender(), pools.billing, INTERFACES.remittancePosting, 'billing', message);
    expect((await pools.billing.query('SELECT FROM billing.remittance_posting_queue')).rowCount).toBe(0);
    expect((await (await as(accounts.observer)).query('SELECT FROM billing.remittance_posting_queue')).rowCount).toBe(1);
  });

  it('holds what a table brings to one system without what it brings to others', async () => {
    const { itemChange } = INTERFACES;
    for (const target of itemChange.destinations) await enqueue(sender(), pools.erp, itemChange, target, { facts: { messageId: `ITM-${target}`, item: 'IM1001' }, details: {} });
    const seen = async () => (await pools.middleware.query<{ destination: string }>('SELECT destination FROM erp.item_change_interface ORDER BY 1')).rows.map((row) => row.destination);
    await setGate('erp.item_change_interface', true, null, 'destination=billing');
    expect(await seen()).toEqual(['analytics', 'inventory']);
    await setGate('erp.item_change_interface', true);
    expect(await seen()).toEqual([]);
    await setGate('erp.item_change_interface', false);
    await setGate('erp.item_change_interface', true, { column: 'item_code', values: ['IM1001'] }, 'destination=billing');
    expect(await seen()).toEqual(['analytics', 'billing', 'inventory']);
  });

  it.each([{ keys: 'all' }, { keys: null }, { column: 'no_such_column', values: ['x'] }, { column: 'payer_code' }, {}])('lets nothing through by an unreadable permission: %j', async (allow) => {
    await send('1');
    await setGate('inventory.charge_interface', true, allow);
    expect((await pools.middleware.query('SELECT FROM inventory.charge_interface')).rowCount).toBe(0);
  });

  it('costs the claim no index, open or closed', async () => {
    await pools.inventory.query(
      `INSERT INTO inventory.charge_interface (message_id, destination, payload, status, payer_code)
       SELECT 'M' || n, 'billing', '{}', CASE WHEN n % 10 = 0 THEN 'N' ELSE 'C' END, '60410' FROM generate_series(1, 20000) AS n`,
    );
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    clients.push(owner);
    await owner.query('ANALYZE inventory.charge_interface');
    const plan = async (): Promise<string> => {
      const { rows } = await pools.middleware.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT interface_id FROM inventory.charge_interface WHERE destination = 'billing' AND status = 'N' ORDER BY interface_id LIMIT 16 FOR UPDATE SKIP LOCKED`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    expect(await plan()).toMatch(/Index Scan using charge_interface_open|Bitmap Index Scan on charge_interface_open|Index Scan using charge_interface_pkey/);
    await setGate('inventory.charge_interface', true, { column: 'payer_code', values: ['00435'] });
    expect(await plan()).not.toMatch(/^\s*->\s+Seq Scan on charge_interface/m);
  });

  it('is installed again without a change', async () => {
    const policies = async () => (await pools.inventory.query('SELECT * FROM pg_policies ORDER BY 1, 2, 3')).rows;
    const before = await policies();
    await installGate(database.url, accounts);
    expect(await policies()).toEqual(before);
    expect(before).toHaveLength(3 * Object.keys(INTERFACES).length);
  });
});

describe('roles of the database', { timeout: 60_000 }, () => {
  it('let the operator change how far a row is, and nothing that it says', async () => {
    await send('1');
    const operator = await as(accounts.operator);
    expect((await operator.query(`UPDATE inventory.charge_interface SET status = 'N', attempts = 0, updated_at = now() WHERE message_id = '1'`)).rowCount).toBe(1);
    for (const refused of [
      `UPDATE inventory.charge_interface SET payload = '{}'`, `UPDATE inventory.charge_interface SET destination = 'erp'`, `UPDATE inventory.charge_interface SET amount = 1`, 'DELETE FROM inventory.charge_interface',
      `INSERT INTO inventory.charge_interface (message_id, destination, payload) VALUES ('2', 'billing', '{}')`, 'SELECT FROM billing.claim', 'DELETE FROM signalbox.gate', `UPDATE signalbox.gate SET table_name = 'claim_outbox'`,
    ]) await expect(operator.query(refused), refused).rejects.toThrow(/permission denied/);
  });

  it('keep an application from its own gate, and from rows that others take', async () => {
    await expect(pools.middleware.query('UPDATE signalbox.gate SET closed = false')).rejects.toThrow(/permission denied/);
    await expect(pools.inventory.query(`UPDATE inventory.charge_interface SET status = 'C'`)).rejects.toThrow(/permission denied/);
    await expect(pools.middleware.query('ALTER TABLE inventory.charge_interface DISABLE ROW LEVEL SECURITY')).rejects.toThrow(/must be owner/);
  });
});
