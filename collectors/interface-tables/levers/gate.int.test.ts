import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LeverRequest } from '../../runtime/operations/levers';
import type { ContractsInForce } from '../../runtime/taps/connector';
import { startConsumers, type TestConsumers } from '../testing/consumers';
import { contractsOf } from '../testing/contracts';
import { createLeverDatabase, type LeverDatabase } from '../testing/lever-database';
import { leverFlow } from '../testing/lever-flow';
import { testOperation } from '../testing/lever-run';
import { statesOf, watched } from '../testing/watched';

const patiently = { timeout: 30_000, interval: 50 };
const FIELDS = `
    message:  { from: ["column:id"] }
    facility: { from: ["column:facility_code"] }
    payer:    { from: ["column:error_code"] }
    amount:   { from: ["column:amount"], currency: USD }`;

let database: LeverDatabase;
let consumers: TestConsumers | null = null;

beforeAll(async () => { database = await createLeverDatabase(); });
afterEach(async () => {
  await consumers?.stop();
  consumers = null;
});
afterAll(() => database.drop());

const holding = (contracts: ContractsInForce, flowId: string) => leverFlow(database, contracts, flowId, 'row-gate');

const statusCounts = async (table: string) => Object.fromEntries((await database.run(`SELECT status, count(*) FROM ${table} GROUP BY 1`)).map(({ status, count }) => [status, Number(count)]));

describe('the row gate', { timeout: 60_000 }, () => {
  it('holds two consumers while 10,000 rows come, lets a canary through, and in the end each row is taken exactly once', async () => {
    await database.table('stream');
    await database.guard('stream');
    const contracts = contractsOf({ id: 'stream', table: 'stream', fields: FIELDS });
    const flow = holding(contracts, 'stream');
    consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table: 'stream' }, { workers: 2, batch: 50 });
    const producer = await database.session();
    const inserting = (async () => {
      for (let batch = 0; batch < 100; batch++) await producer.query(`INSERT INTO stream (error_code, amount) SELECT CASE WHEN n % 10 = 0 THEN 'AETNA' ELSE 'BCBS' END, 12.5 FROM generate_series(1, 100) n`);
    })();
    await vi.waitFor(() => expect(consumers!.claimed.length).toBeGreaterThan(200), patiently);

    const hold = await flow.pause();
    await vi.waitFor(async () => expect((await flow.observe(hold)).state).toBe('held'), patiently);
    const claimedAtHold = consumers.claimed.length;
    await inserting;
    expect(consumers.claimed.length).toBe(claimedAtHold);
    const observation = await flow.observe(hold);
    expect(observation).toMatchObject({ state: 'held', outsideActs: [] });
    expect(observation.figures.waiting).toBe(String(10_000 - claimedAtHold));

    const canary = await flow.act({ kind: 'canary', hold, which: { by: 'count', count: 3 } });
    expect(canary.result).toMatchObject({ moved: 3, complete: true });
    expect(consumers.claimed.slice(claimedAtHold).toSorted()).toEqual(canary.operation.sent.toSorted());
    const onePayer = await flow.act({ kind: 'canary', hold, which: { by: 'payer', payer: 'AETNA', atMost: 5 } });
    expect(onePayer.result).toMatchObject({ moved: 5, complete: true });
    const payers = await database.run(`SELECT DISTINCT error_code FROM stream WHERE id = ANY($1::bigint[])`, [onePayer.operation.sent]);
    expect(payers).toEqual([{ error_code: 'AETNA' }]);
    expect(consumers.claimed.length).toBe(claimedAtHold + 8);
    await vi.waitFor(async () => expect((await flow.observe(hold)).state).toBe('held'), patiently);
    expect(consumers.claimed.length).toBe(claimedAtHold + 8);

    const limited = testOperation('release');
    const stopped = await flow.act({ kind: 'release', hold, perSecond: 400 }, limited, (run) => { void vi.waitFor(() => expect(consumers!.claimed.length).toBeGreaterThan(claimedAtHold + 500), patiently).then(() => run.stop()); });
    expect(stopped.result.complete).toBe(false);
    const passed = consumers.claimed.length;
    expect(passed - claimedAtHold - 8).toBeGreaterThanOrEqual(stopped.result.moved!);
    expect((await statusCounts('stream')).N).toBe(10_000 - passed);
    const rest = await flow.act({ kind: 'release', hold, perSecond: null });
    expect(rest.result.complete).toBe(true);
    await vi.waitFor(async () => expect(await statusCounts('stream')).toEqual({ C: 10_000 }), patiently);
    expect(consumers.claimed.length).toBe(10_000);
    expect(new Set(consumers.claimed).size).toBe(10_000);
    expect(consumers.failures).toEqual([]);
    expect((await database.run('SELECT max(attempts) AS most FROM stream'))[0]).toEqual({ most: 1 });
  });

  it('says draining while a transaction from before the hold may still have taken rows, and held when it has ended', async () => {
    await database.table('slow');
    await database.guard('slow');
    await database.run(`INSERT INTO slow (amount) SELECT 1 FROM generate_series(1, 5)`);
    const flow = holding(contractsOf({ id: 'slow', table: 'slow', fields: FIELDS }), 'slow');
    const worker = await database.session();
    await worker.query(`SET ROLE ${database.consumer.user}`);
    await worker.query('BEGIN');
    await worker.query(`UPDATE slow SET status = 'C' WHERE id = (SELECT id FROM slow WHERE status = 'N' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`);
    const hold = await flow.pause();
    expect(await flow.observe(hold)).toMatchObject({ state: 'draining', sentence: expect.stringContaining('1 transaction from before the hold') });
    await worker.query('COMMIT');
    await vi.waitFor(async () => expect(await flow.observe(hold)).toMatchObject({ state: 'held', figures: { waiting: '4' } }), patiently);
  });

  it('finds leaks: rows that others take, also when they take and finish or delete them at once', async () => {
    await database.table('leaky');
    await database.guard('leaky');
    await database.run(`INSERT INTO leaky (amount) SELECT 1 FROM generate_series(1, 20)`);
    const flow = holding(contractsOf({ id: 'leaky', table: 'leaky', fields: FIELDS }), 'leaky');
    const hold = await flow.pause();
    const during = async (statement: string) => {
      const looking = flow.observe(hold);
      await database.lookIsOpen();
      await database.run(statement);
      return looking;
    };
    expect(await during(`UPDATE leaky SET status = 'P' WHERE id = 1`)).toMatchObject({ state: 'leaking', figures: { 'taken in 2 s': '1' } });
    expect(await during(`UPDATE leaky SET status = 'C' WHERE id IN (2, 3)`)).toMatchObject({ state: 'leaking', figures: { 'taken in 2 s': '2' } });
    expect(await during(`DELETE FROM leaky WHERE id IN (4, 5)`)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('2 rows left') });
    // Neither new rows, nor old ones that somebody touches, are claims; row 1 is still in progress.
    await database.run(`UPDATE leaky SET created_at = clock_timestamp() - interval '1 day', updated_at = clock_timestamp() - interval '1 day' WHERE status = 'C'`);
    expect(await during(`INSERT INTO leaky (amount) VALUES (1); UPDATE leaky SET updated_at = clock_timestamp() WHERE status = 'C'; UPDATE leaky SET updated_at = clock_timestamp() WHERE id = 9`)).toMatchObject({ state: 'draining', figures: { waiting: '16', 'taken in 2 s': '0' } });
  });

  it('takes no row that a canary lets through meanwhile for a leak, however many at once, and still finds one', async () => {
    // In the second nobody finds finished rows again: neither a time of change, nor an index on it.
    for (const [table, channel] of [['passing', {}], ['unseen_passing', { updatedAt: undefined }]] as const) {
      const [id, canary] = [table.replace('_', '-'), { kind: 'canary', which: { by: 'count', count: 450 } } as const];
      await database.table(table);
      await database.guard(table);
      await database.run(`INSERT INTO ${table} (amount) SELECT 1 FROM generate_series(1, 1000)`);
      const flow = holding(contractsOf({ id, table, channel, fields: FIELDS }), id);
      const hold = await flow.pause();
      consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table }, { batch: 50 });
      const { looks } = await watched(flow, hold, flow.act({ ...canary, hold }));
      expect(statesOf(looks)).not.toContain('leaking');
      expect(looks.some(({ figures }) => Number(figures['let through in 2 s']) > 0)).toBe(true);
      expect(looks.at(-1)).toMatchObject({ figures: { waiting: '550' } });
      if ('updatedAt' in channel) {
        const looking = flow.observe(hold);
        await database.lookIsOpen();
        await database.run(`UPDATE ${table} SET status = 'P' WHERE id = 1000`);
        await flow.act({ ...canary, hold });
        expect(await looking).toMatchObject({ state: 'leaking', figures: { 'taken in 2 s': '1' } });
      }
      expect(consumers.failures).toEqual([]);
      await consumers.stop();
    }
  });

  it('tells what somebody else did to the hold, and closes the gate again where that is in our hands', async () => {
    await database.table('meddled');
    await database.guard('meddled');
    const flow = holding(contractsOf({ id: 'meddled', table: 'meddled', fields: FIELDS }), 'meddled');
    const hold = await flow.pause();
    await database.run(`UPDATE signalbox.gate SET closed = false WHERE table_name = 'meddled'`);
    expect(await flow.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: [expect.stringContaining('Somebody opened the gate')] });
    await flow.reassert(hold);
    expect(await flow.observe(hold)).toMatchObject({ state: 'held', outsideActs: [] });

    await database.run(`ALTER ROLE ${database.consumer.user} BYPASSRLS`);
    expect(await flow.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: [expect.stringContaining('it was given BYPASSRLS')] });
    await database.run(`ALTER ROLE ${database.consumer.user} NOBYPASSRLS; DROP POLICY signalbox_gate_claim ON meddled; DROP POLICY signalbox_gate_look ON meddled`);
    expect(await flow.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: expect.arrayContaining([expect.stringContaining('dropped the policies')]) });
    await expect(flow.reassert(hold)).rejects.toThrow(/has to install it again/);
  });

  it('does not take over a gate that is closed already, and does not open what another hold or a person has closed', async () => {
    await database.table('contested');
    await database.guard('contested');
    const flow = holding(contractsOf({ id: 'contested', table: 'contested', fields: FIELDS }), 'contested');
    const first = await flow.pause();
    const second: LeverRequest = { kind: 'pause', holdId: randomUUID(), method: 'row-gate' };
    expect((await flow.plan(second)).locks).toMatchObject([{ code: 'gate-closed' }]);
    expect((await flow.plan({ kind: 'release', hold: { ...first, id: randomUUID() }, perSecond: null })).locks).toMatchObject([{ code: 'gate-not-ours' }]);
    await flow.act({ kind: 'release', hold: first, perSecond: null });
    expect((await flow.plan({ kind: 'canary', hold: first, which: { by: 'count', count: 1 } })).locks.map(({ code }) => code)).toEqual(['gate-not-ours', 'nothing-waits']);
    await database.run(`UPDATE signalbox.gate SET closed = true, allow = NULL WHERE table_name = 'contested'`);
    expect((await flow.plan(second)).locks).toMatchObject([{ code: 'gate-closed', sentence: expect.stringContaining('by hand') }]);
    expect((await flow.plan({ kind: 'release', hold: first, perSecond: null })).locks).toMatchObject([{ code: 'gate-not-ours' }]);
  });

  it('goes on with the same canary after a crash, and takes back what nobody takes', async () => {
    await database.table('crashed');
    await database.guard('crashed');
    await database.run(`INSERT INTO crashed (amount) SELECT 1 FROM generate_series(1, 6)`);
    const contracts = contractsOf({ id: 'crashed', table: 'crashed', fields: FIELDS });
    const flow = holding(contracts, 'crashed');
    const hold = await flow.pause();
    const operation = testOperation('canary');
    const request: LeverRequest = { kind: 'canary', hold, which: { by: 'count', count: 2 } };
    consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table: 'crashed' });
    await expect(flow.act(request, operation, (run) => run.crashAt('sent'))).rejects.toThrow('sent');
    expect(operation.count('sending')).toBe(2);
    await vi.waitFor(() => expect(consumers!.claimed).toEqual(['1', '2']), patiently);
    await database.run(`INSERT INTO crashed (amount, created_at) VALUES (1, clock_timestamp() - interval '1 hour')`);
    expect((await flow.act(request, operation)).result).toMatchObject({ complete: true, moved: 2 });
    expect(operation.statesOf()).toEqual({ 1: 'sent', 2: 'sent' });
    await consumers.stop();

    const unmet = testOperation('unmet');
    const stopped = await flow.act({ ...request, which: { by: 'count', count: 1 } }, unmet, (run) => { void vi.waitFor(async () => expect((await database.run(`SELECT allow -> 'keys' AS keys FROM signalbox.gate WHERE table_name = 'crashed'`))[0]!.keys).toEqual(['7']), patiently).then(() => run.stop()); });
    expect(stopped.result).toMatchObject({ complete: false, moved: 0 });
    expect(unmet.statesOf()).toEqual({ 7: 'skipped' });
    expect(await database.run(`SELECT closed, allow -> 'keys' AS keys FROM signalbox.gate WHERE table_name = 'crashed'`)).toEqual([{ closed: true, keys: [] }]);
  });

  it('holds one share of a table and lets the others pass', async () => {
    await database.table('shared');
    await database.guard('shared', { shares: [{ partition: 'destination=billing', where: { destination: ['billing'] } }, { partition: 'destination=stock', where: { destination: ['stock'] } }] });
    await database.run(`INSERT INTO shared (destination) VALUES ('billing'), ('stock'), ('billing'), ('stock')`);
    const contracts = contractsOf({ id: 'to-billing', table: 'shared', channel: { where: '{ destination: billing }' }, fields: FIELDS }, { id: 'to-stock', table: 'shared', channel: { where: '{ destination: stock }' }, fields: FIELDS });
    const hold = await holding(contracts, 'to-billing').pause();
    consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table: 'shared' });
    await vi.waitFor(() => expect(consumers!.claimed.toSorted()).toEqual(['2', '4']), patiently);
    expect(await holding(contracts, 'to-billing').observe(hold)).toMatchObject({ state: 'held', figures: { waiting: '2' } });
    const stock = await holding(contracts, 'to-stock').pause();
    await database.run(`INSERT INTO shared (destination) VALUES ('stock')`);
    await holding(contracts, 'to-billing').act({ kind: 'release', hold, perSecond: null });
    await vi.waitFor(() => expect(consumers!.claimed.toSorted()).toEqual(['1', '2', '3', '4']), patiently);
    expect(await holding(contracts, 'to-stock').observe(stock)).toMatchObject({ state: 'held', figures: { waiting: '1' } });
  });

  it('is noticed by the application as the documents say', async () => {
    const asConsumer = async (statement: string) => {
      const client = await database.session();
      await client.query(`SET ROLE ${database.consumer.user}`);
      return (await client.query<Record<string, string>>(statement)).rows;
    };
    for (const [table, holds] of [['seen', 'locking'], ['unseen', 'reading']] as const) {
      await database.table(table);
      await database.guard(table, { holds });
      await database.run(`GRANT INSERT ON ${table} TO ${database.consumer.user}; INSERT INTO ${table} (status) VALUES ('N'), ('P')`);
      await holding(contractsOf({ id: table, table, fields: FIELDS }), table).pause();
      expect(await asConsumer(`SELECT id FROM ${table} WHERE status = 'N' FOR UPDATE SKIP LOCKED`)).toEqual([]);
      expect(await asConsumer(`UPDATE ${table} SET status = 'P' WHERE status = 'N' RETURNING id`)).toEqual([]);
      await asConsumer(`INSERT INTO ${table} (status) VALUES ('N')`);
    }
    expect(await asConsumer(`SELECT id FROM unseen ORDER BY id`)).toEqual([{ id: '2' }]);
    await expect(asConsumer(`UPDATE unseen SET status = 'N' WHERE id = 2`)).rejects.toThrow(/row-level security/);
    await expect(asConsumer(`INSERT INTO unseen (status) VALUES ('N') RETURNING id`)).rejects.toThrow(/row-level security/);
    expect(await asConsumer(`SELECT id FROM seen ORDER BY id`)).toHaveLength(3);
    expect(await asConsumer(`UPDATE seen SET status = 'N' WHERE id = 2 RETURNING id`)).toHaveLength(1);
    expect(await asConsumer(`UPDATE unseen SET status = 'C' WHERE id = 2 RETURNING id`)).toHaveLength(1);
  });

  it('is undone where a pause breaks off, and a life that has lost its fence does nothing', async () => {
    await database.table('undone');
    await database.guard('undone');
    const contracts = contractsOf({ id: 'undone', table: 'undone', fields: FIELDS });
    const flow = holding(contracts, 'undone');
    const request: LeverRequest = { kind: 'pause', holdId: randomUUID(), method: 'row-gate' };
    const closed = async () => (await database.run(`SELECT closed FROM signalbox.gate WHERE table_name = 'undone'`))[0]!.closed;
    await expect(flow.act(request, testOperation('late'), (run) => run.loseFence())).rejects.toThrow(/taken this operation over/);
    expect(await closed()).toBe(false);
    const { plan, run } = await flow.act(request);
    expect(await closed()).toBe(true);
    await flow.undo(request, plan, run);
    expect(await closed()).toBe(false);
  });
});
