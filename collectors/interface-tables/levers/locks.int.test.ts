import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeverRequest } from '../../runtime/operations/levers';
import { contractsOf } from '../testing/contracts';
import { createLeverDatabase, type LeverDatabase } from '../testing/lever-database';
import { leverFlow, type LeverFlow } from '../testing/lever-flow';

const PAUSE = { kind: 'pause', holdId: randomUUID(), method: 'row-gate' } as const;
const REPLAY: LeverRequest = { kind: 'replay', items: [{ itemKey: '1', position: 0, messageId: '' }], to: 'queue', perSecond: null, order: 'fifo' };

let database: LeverDatabase;
beforeAll(async () => { database = await createLeverDatabase(); });
afterAll(() => database.drop());

const flowOn = (table: string, channel = {}) => leverFlow(database, contractsOf({ id: 'orders', table: JSON.stringify(table), channel }), 'orders', 'row-gate');
const codesOf = async (table: string, request: LeverRequest = PAUSE, channel = {}) => (await flowOn(table, channel).plan(request)).locks.map(({ code }) => code);

describe('a lever of a table is locked', () => {
  it('without credentials, with a reason, and its holds cannot be looked at', async () => {
    await database.table('unlevered');
    const flow = flowOn('unlevered');
    flow.operator = null;
    expect((await flow.plan(PAUSE)).locks).toEqual([{ code: 'no-lever-credentials', sentence: expect.stringContaining('Settings → Sources') }]);
    expect(await flow.observe({ id: randomUUID(), method: 'row-gate', action: null, record: null, requestedAt: new Date() })).toMatchObject({ state: 'unreachable' });
  });

  it('until its gate is installed: by the very script that the plan carries, for the role that takes rows', async () => {
    // Names of people who test software.
    const name = `po "interface"; DROP TABLE x; --\n$signalbox$ O'Neil \\`;
    await database.table(name);
    const flow = flowOn(name);
    const plan = await flow.plan(PAUSE);
    expect(plan.locks).toEqual([{ code: 'gate-not-installed', sentence: expect.stringContaining('the script stands under the native commands') }]);
    const script = plan.nativeCommands.find(({ what }) => what.startsWith('Install the gate'))!.command;
    expect(script).toContain(database.consumer.user);
    await database.run(script);
    await database.run(script);
    expect((await flow.plan(PAUSE)).locks).toEqual([]);
    const hold = await flow.pause();
    await database.run(`INSERT INTO "${name.replaceAll('"', '""')}" (amount) VALUES (1)`);
    expect(await flow.observe(hold)).toMatchObject({ state: 'held', figures: { waiting: '1' } });
    await flow.act({ kind: 'release', hold, perSecond: null });
  });

  it('of no share by the script for another one: it makes a gate for each that contracts name', async () => {
    await database.table('parted');
    const contracts = contractsOf(...['billing', 'stock'].map((id) => ({ id, table: 'parted', channel: { where: `{ destination: ${id} }` } })));
    const [billing, stock] = ['billing', 'stock'].map((id) => leverFlow(database, contracts, id, 'row-gate')) as [LeverFlow, LeverFlow];
    const scriptOf = async (flow: LeverFlow) => (await flow.plan(PAUSE)).nativeCommands.find(({ what }) => what.startsWith('Install the gate'))!.command;
    for (const flow of [billing, stock]) await database.run(await scriptOf(flow));
    await database.run(`INSERT INTO parted (destination) VALUES ('billing'), ('stock')`);
    await billing.pause();
    const consumer = await database.session();
    await consumer.query(`SET ROLE ${database.consumer.user}`);
    const waiting = async () => (await consumer.query<{ destination: string }>(`SELECT destination FROM parted WHERE status = 'N' ORDER BY 1`)).rows;
    expect(await waiting()).toEqual([{ destination: 'stock' }]);
    await stock.pause();
    expect(await waiting()).toEqual([]);
  });

  it('when the operator may not work the gate, with the grant to run', async () => {
    await database.table('ungranted');
    await database.guard('ungranted');
    await database.run(`REVOKE UPDATE ON signalbox.gate FROM ${database.operator.user}; REVOKE UPDATE (closed, allow, changed_at) ON signalbox.gate FROM ${database.operator.user}`);
    const [lock] = (await flowOn('ungranted').plan(PAUSE)).locks;
    expect(lock).toMatchObject({ code: 'missing-grant' });
    await database.run(/GRANT .*$/.exec(lock!.sentence)![0]);
    expect(await codesOf('ungranted')).toEqual([]);
  });

  it.each([
    ['a table without policies', '', ['gate-no-policy']],
    ['policies that only grant', 'CREATE POLICY signalbox_gate_claim ON $t FOR UPDATE TO $c USING (NOT EXISTS (SELECT FROM signalbox.gate WHERE closed)); ALTER TABLE $t ENABLE ROW LEVEL SECURITY', ['gate-no-policy']],
    ['row security that is switched off', '$guard; ALTER TABLE $t DISABLE ROW LEVEL SECURITY', ['gate-no-policy']],
    ['a consumer that owns the table', '$guard; ALTER TABLE $t OWNER TO $c', ['gate-role-exempt', 'gate-holds-nobody']],
    ['a consumer that may bypass row security', '$guard; ALTER ROLE $c BYPASSRLS', ['gate-role-exempt', 'gate-holds-nobody']],
    ['a consumer that is a superuser', '$guard; ALTER ROLE $c SUPERUSER', ['gate-role-exempt', 'gate-holds-nobody']],
    ['a consumer that may not read the gate', '$guard; REVOKE SELECT ON signalbox.gate FROM $c', ['gate-not-readable']],
  ])('by %s', async (_, setUp, codes) => {
    await database.table('judged');
    const [before, after] = setUp.split('$guard; ');
    if (after !== undefined) await database.guard('judged');
    const filled = (after ?? before ?? '').replaceAll('$t', 'judged').replaceAll('$c', database.consumer.user);
    if (filled !== '') await database.run(filled);
    expect(await codesOf('judged')).toEqual(codes);
    await database.run(`ALTER ROLE ${database.consumer.user} NOSUPERUSER NOBYPASSRLS; DROP TABLE judged; GRANT SELECT ON signalbox.gate TO ${database.consumer.user}`);
  });

  it('not for an owner whom FORCE holds; others who may take rows are named', async () => {
    await database.table('forced');
    await database.guard('forced');
    await database.run(`ALTER TABLE forced OWNER TO ${database.consumer.user}; ALTER TABLE forced FORCE ROW LEVEL SECURITY; GRANT UPDATE ON forced TO ${database.reader.user}`);
    const plan = await flowOn('forced').plan(PAUSE);
    expect(plan.locks).toEqual([]);
    expect(plan.warnings.join(' ')).toContain(database.reader.user);
  });

  it('where the gate would hold other flows too, which it names', async () => {
    await database.table('two_flows');
    await database.guard('two_flows');
    const contracts = contractsOf({ id: 'to-billing', table: 'two_flows', channel: { where: '{ destination: billing }' } }, { id: 'to-stock', table: 'two_flows', channel: { where: '{ destination: stock }' } });
    const [lock] = (await leverFlow(database, contracts, 'to-billing', 'row-gate').plan(PAUSE)).locks;
    expect(lock).toMatchObject({ code: 'gate-whole-table', sentence: expect.stringContaining('flows to-stock') });
  });

  it('for a replay without the right to update a column, with the grant to run', async () => {
    await database.table('unreplayed');
    await database.run(`REVOKE UPDATE (status, attempts) ON unreplayed FROM ${database.operator.user}; GRANT UPDATE (destination) ON unreplayed TO ${database.operator.user}`);
    const [lock] = (await flowOn('unreplayed').plan(REPLAY)).locks;
    expect(lock).toMatchObject({ code: 'missing-grant', sentence: expect.stringContaining('status, attempts') });
    await database.run(/GRANT UPDATE.*$/.exec(lock!.sentence)![0]);
    expect(await codesOf('unreplayed', REPLAY)).toEqual([]);
  });

  it.each([
    ['a view', 'CREATE VIEW odd AS SELECT * FROM based; GRANT SELECT, UPDATE ON odd TO $o', {}, ['not-a-table']],
    ['a key that names several rows', 'CREATE TABLE odd AS SELECT * FROM based; GRANT SELECT, UPDATE ON odd TO $o', {}, ['key-not-unique']],
    ['a contract without a status for errors', 'CREATE TABLE odd (LIKE based INCLUDING ALL); GRANT SELECT, UPDATE ON odd TO $o', { status: '{ column: status, pending: N }' }, ['no-error-status']],
    ['a table that the operator may not read', 'CREATE TABLE odd (LIKE based INCLUDING ALL)', {}, ['table-unreadable']],
    ['a table that is not there', 'SELECT 1', {}, ['table-unreadable']],
  ])('for a replay by %s', async (_, setUp, channel, codes) => {
    await database.run('CREATE TABLE IF NOT EXISTS based (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status char(1), attempts integer, created_at timestamptz, updated_at timestamptz, error_text text, case_key text, facility_code text, amount numeric, error_code text)');
    await database.run(setUp.replaceAll('$o', database.operator.user));
    expect(await codesOf('odd', REPLAY, channel)).toEqual(codes);
    await database.run('DROP VIEW IF EXISTS odd').catch(() => database.run('DROP TABLE odd'));
  });

  it('for methods and canaries that a table cannot do', async () => {
    await database.table('plain');
    expect(await codesOf('plain', { ...PAUSE, method: 'park' })).toEqual(['no-such-method']);
    expect(await codesOf('plain', { kind: 'canary', hold: { id: randomUUID(), method: 'status-swap', action: null, record: null, requestedAt: new Date() }, which: { by: 'count', count: 1 } })).toEqual(['canary-impossible']);
    expect(await codesOf('plain', { ...PAUSE, method: 'status-swap' }, { status: '{ column: status, pending: N, error: E }' })).toEqual(['no-held-status']);
    await database.run(`INSERT INTO plain (status) VALUES ('H')`);
    expect(await codesOf('plain', { ...PAUSE, method: 'status-swap' })).toEqual(['held-rows-exist']);
    expect(await codesOf('plain', { kind: 'reroute', holdId: randomUUID(), alternate: 'nowhere', only: null })).toEqual(['no-alternate']);
  });
});
