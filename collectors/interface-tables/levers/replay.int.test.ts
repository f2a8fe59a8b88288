import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FenceLost, SourceAway, type LeverRequest } from '../../runtime/operations/levers';
import { startConsumers, type TestConsumers } from '../testing/consumers';
import { contractsOf } from '../testing/contracts';
import { createLeverDatabase, type LeverDatabase } from '../testing/lever-database';
import { leverFlow, type LeverFlow } from '../testing/lever-flow';
import { Crash, testOperation, type TestOperation, type TestRun } from '../testing/lever-run';
import { startTestProxy } from '../testing/proxy';

const patiently = { timeout: 30_000, interval: 50 };

let database: LeverDatabase;
let consumers: TestConsumers | null = null;

beforeAll(async () => { database = await createLeverDatabase(); });
afterEach(async () => {
  await consumers?.stop();
  consumers = null;
});
afterAll(() => database.drop());

const requestOf = (keys: readonly string[], perSecond: number | null = null): LeverRequest =>
  ({ kind: 'replay', items: keys.map((itemKey, position) => ({ itemKey, position, messageId: '' })), to: 'queue', perSecond, order: 'fifo' });
const statusOf = async (table: string) => Object.fromEntries((await database.run(`SELECT id, status FROM ${table} ORDER BY id`)).map(({ id, status }) => [id, status]));
const countsOf = async (table: string) => (await database.run(`SELECT status, attempts, count(*)::int AS rows FROM ${table} GROUP BY 1, 2 ORDER BY 1, 2`)).map(({ status, attempts, rows }) => `${rows} ${status} ${attempts}`);

async function failedTable(table: string, rows: number, channel = {}): Promise<{ flow: LeverFlow; keys: string[] }> {
  await database.table(table);
  await database.run(`INSERT INTO ${table} (status, attempts, case_key, amount, error_code) SELECT 'E', 1, 'CLM' || n, 10.5, 'ITEM_NOT_MAPPED' FROM generate_series(1, ${rows}) n`);
  const keys = (await database.run(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id!);
  return { flow: leverFlow(database, contractsOf({ id: table.replaceAll('_', '-'), table, channel }), table.replaceAll('_', '-'), 'row-gate'), keys };
}

/** As the runtime does: a life that ends is followed by another one. @returns how many lives it took */
async function toTheEnd(flow: LeverFlow, request: LeverRequest, operation: TestOperation, prepare: (run: TestRun, life: number) => void): Promise<number> {
  for (let life = 1; life < 60; life++) {
    try {
      const { result } = await flow.act(request, operation, (run) => prepare(run, life));
      if (result.complete) return life;
    } catch (error) {
      if (!(error instanceof SourceAway || error instanceof Crash || error instanceof FenceLost)) throw error;
    }
  }
  throw new Error('It did not come to an end.');
}

describe('replay of failed rows', { timeout: 60_000 }, () => {
  it('sets each row to pending exactly once, whichever step it dies at, while consumers take them', async () => {
    const { flow, keys } = await failedTable('mortal', 1_000);
    const proxy = await startTestProxy(database.settings.host, database.settings.port);
    flow.settings = { ...database.settings, port: proxy.port };
    consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table: 'mortal' }, { batch: 50 });
    const operation = testOperation('mortal', keys);
    const lives = await toTheEnd(flow, requestOf(keys), operation, (run, life) => {
      // Before it is claimed; before the commit; after it; and with a connection that breaks just before the commit.
      if (life < 7) run.crashAt((['claim', 'remember', 'sent'] as const)[life % 3]!);
      if (life === 7 || life === 8) {
        const remember = run.remember.bind(run);
        run.remember = async (record) => {
          await remember(record);
          proxy.cut(true);
          await vi.waitFor(async () => expect(await database.run(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'signalbox-lever'`)).toEqual([]), patiently);
          proxy.cut(false);
        };
      }
    });
    expect(lives).toBe(9);
    expect(operation.count('sent')).toBe(1_000);
    expect(operation.sent.length).toBe(1_000);
    await vi.waitFor(async () => expect(await countsOf('mortal')).toEqual(['1000 C 3']), patiently);
    expect(consumers.claimed.toSorted()).toEqual(keys.toSorted());
    expect(consumers.failures).toEqual([]);
    await proxy.stop();
  });

  it('leaves out rows that changed, that are refused, and that another session keeps locked, and waits for none', async () => {
    const { flow, keys } = await failedTable('mixed', 6);
    const other = await database.session();
    await other.query('BEGIN');
    await other.query('SELECT FROM mixed WHERE id = 2 FOR UPDATE');
    const operation = testOperation('mixed', keys);
    const { run, result, plan } = await flow.act(requestOf(keys), operation, (life) => {
      life.refuse.set('3', { reason: 'The period is closed.', instead: 'Post a correction.' });
      const ask = life.mayAct.bind(life);
      life.mayAct = async (item, fields) => {
        // Between the question and the act: tried again and failed again, taken, and gone.
        if (item.itemKey === '6' && !life.asked.some(({ itemKey }) => itemKey === '6')) {
          await database.run(`UPDATE mixed SET attempts = 7 WHERE id = 4; UPDATE mixed SET status = 'C' WHERE id = 5; DELETE FROM mixed WHERE id = 6`);
        }
        return ask(item, fields);
      };
    });
    await other.query('ROLLBACK');
    expect(result).toMatchObject({ complete: true, sentence: expect.stringContaining('1 row of public.mixed') });
    expect(operation.statesOf()).toEqual({ 1: 'sent', 2: 'skipped', 3: 'skipped', 4: 'skipped', 5: 'skipped', 6: 'skipped' });
    expect(Object.fromEntries([...operation.items].map(([key, { note }]) => [key, note]))).toMatchObject({ 2: 'Another session keeps the row locked.', 3: 'The period is closed.', 4: expect.stringContaining('has changed') });
    expect(await statusOf('mixed')).toEqual({ 1: 'N', 2: 'E', 3: 'E', 4: 'E', 5: 'C' });
    expect(run.asked.find(({ itemKey }) => itemKey === '1')).toMatchObject({ amount: '10.50', fields: { claim: 'CLM1', reason: 'ITEM_NOT_MAPPED', amount: '10.50' } });
    expect(plan.undo).toContain('nobody has taken yet');
    // The journal keeps no business value.
    expect(JSON.stringify([operation.recorded, [...operation.items]])).not.toContain('CLM');
  });

  it('finds rows by their tokens where keys identify somebody, and stores no key', async () => {
    await database.table('named');
    await database.run(`ALTER TABLE named ADD UNIQUE (case_key); INSERT INTO named (status, case_key) VALUES ('E', 'MRN-1'), ('E', 'MRN-2'), ('E', 'MRN-3')`);
    const contracts = contractsOf({ id: 'named', table: 'named', channel: { key: 'case_key' } });
    const flow = leverFlow(database, contracts, 'named', 'row-gate');
    const tokens = ['MRN-1', 'MRN-3'].map((key) => contracts.mapper.tokenOf(key).token);
    const operation = testOperation('named', tokens);
    await expect(flow.act(requestOf(tokens), operation, (run) => run.crashAt('sent'))).rejects.toThrow(Crash);
    const { result } = await flow.act(requestOf(tokens), operation);
    expect(result.complete).toBe(true);
    expect(operation.count('sent')).toBe(2);
    expect(await statusOf('named')).toEqual({ 1: 'N', 2: 'E', 3: 'N' });
    expect(JSON.stringify([operation.recorded, [...operation.items.keys()]])).not.toContain('MRN');
  });

  it('works with keys of several columns', async () => {
    await database.table('parts');
    await database.run(`ALTER TABLE parts DROP CONSTRAINT parts_pkey, ADD PRIMARY KEY (id, destination); INSERT INTO parts (status, destination) VALUES ('E', 'a"b'), ('E', 'c')`);
    const flow = leverFlow(database, contractsOf({ id: 'parts', table: 'parts', channel: { key: undefined } }), 'parts', 'row-gate');
    const keys = (await database.run(`SELECT json_build_array(id::text, destination)::text AS key FROM parts`)).map(({ key }) => key!);
    const operation = testOperation('parts', keys);
    await flow.act(requestOf(keys), operation);
    expect(operation.count('sent')).toBe(2);
    expect(await statusOf('parts')).toEqual({ 1: 'N', 2: 'N' });
  });

  it('stops when asked to, keeps to its rate, and goes on from there', async () => {
    const { flow, keys } = await failedTable('paced', 30);
    const operation = testOperation('paced', keys);
    const stopped = await flow.act(requestOf(keys, 10), operation, (run) => { void vi.waitFor(() => expect(operation.count('sent')).toBe(10), { timeout: 10_000, interval: 5 }).then(() => run.stop()); });
    expect(stopped.result).toMatchObject({ complete: false });
    expect(operation.sent).toEqual(keys.slice(0, 10));
    expect((await flow.act(requestOf(keys), operation)).result).toMatchObject({ complete: true });
    expect(await countsOf('paced')).toEqual(['30 N 2']);
  });

  it('waits while its user is refused or the table is locked, and fails where a right is taken away', async () => {
    const { flow, keys } = await failedTable('revoked', 4);
    const operation = testOperation('revoked', keys);
    const during = (statement: string) => (run: TestRun) => {
      const ask = run.mayAct.bind(run);
      run.mayAct = async (item, fields) => {
        if (item.itemKey === keys.at(-1)) await database.run(statement);
        return ask(item, fields);
      };
    };
    const { user } = database.operator;
    await expect(flow.act(requestOf(keys), operation, during(`ALTER ROLE ${user} NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`))).rejects.toThrow(SourceAway);
    await expect(flow.plan(requestOf(keys))).rejects.toThrow(SourceAway);
    expect(await flow.observe({ id: 'x', method: 'row-gate', action: null, record: null, requestedAt: new Date() })).toMatchObject({ state: 'unreachable' });
    await database.run(`ALTER ROLE ${user} LOGIN`);
    await expect(flow.act(requestOf(keys), operation, during(`REVOKE UPDATE (status, attempts) ON revoked FROM ${user}`))).rejects.toThrow(/lacks a right/);
    expect(operation.count('sent')).toBe(0);
    await database.run(`GRANT UPDATE (status, attempts) ON revoked TO ${user}`);

    const migration = await database.session();
    await migration.query('BEGIN');
    await migration.query('LOCK TABLE revoked IN ACCESS EXCLUSIVE MODE');
    await expect(flow.plan(requestOf(keys))).rejects.toThrow(/holds a lock/);
    await migration.query('ROLLBACK');
    await flow.act(requestOf(keys), operation);
    expect(await countsOf('revoked')).toEqual(['4 N 2']);
  });

  it('asks what became of a transaction that is still open, instead of guessing', async () => {
    const { flow, keys } = await failedTable('frozen', 2);
    const operation = testOperation('frozen', keys);
    let thaw: () => void = () => undefined;
    const frozen = flow.act(requestOf(keys), operation, (run) => {
      const remember = run.remember.bind(run);
      run.remember = async (record) => {
        await remember(record);
        await new Promise<void>((resolve) => { thaw = resolve; });
      };
    });
    await vi.waitFor(() => expect(operation.recorded).not.toBeNull(), patiently);
    await expect(flow.act(requestOf(keys), operation)).rejects.toThrow(/still open/);
    thaw();
    await expect(frozen).rejects.toThrow(FenceLost);
    expect(await statusOf('frozen')).toEqual({ 1: 'E', 2: 'E' });
    await flow.act(requestOf(keys), operation);
    expect(operation.sent).toEqual(keys);
    expect(await countsOf('frozen')).toEqual(['2 N 2']);
  });

  it('calls unknown what the database has forgotten and the row cannot prove', async () => {
    const { flow, keys } = await failedTable('forgotten', 2);
    const operation = testOperation('forgotten', keys);
    const [version] = await database.run(`SELECT xmin::text AS text FROM forgotten WHERE id = 1`);
    for (const item of operation.items.values()) item.state = 'sending';
    operation.recorded = { transaction: '4611686018427387904', versions: { 1: version!.text!, 2: '1' } };
    await flow.act(requestOf(keys), operation);
    expect(operation.statesOf()).toEqual({ 1: 'sent', 2: 'unknown' });
    expect(await statusOf('forgotten')).toEqual({ 1: 'N', 2: 'E' });
  });
});
