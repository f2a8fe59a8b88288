import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, LeverRequest } from '../../runtime/operations/levers';
import { startConsumers, type TestConsumers } from '../testing/consumers';
import { contractsOf } from '../testing/contracts';
import { createLeverDatabase, type LeverDatabase } from '../testing/lever-database';
import { leverFlow } from '../testing/lever-flow';
import { Crash, testOperation } from '../testing/lever-run';

const patiently = { timeout: 30_000, interval: 50 };
const PAYER = `
    message:  { from: ["column:id"] }
    payer:    { from: ["column:error_code"] }
    facility: { from: ["column:facility_code"] }`;
const REROUTE = `  reroute:
    allowed: true
    alternates:
      - id: clearinghouse-b
        channel: { source: erp-db, kind: table, table: TABLE, status: { column: status, pending: N }, where: { destination: backup } }
`;

let database: LeverDatabase;
let consumers: TestConsumers | null = null;

beforeAll(async () => { database = await createLeverDatabase(); });
afterEach(async () => {
  await consumers?.stop();
  consumers = null;
});
afterAll(() => database.drop());

const countsOf = async (table: string, column = 'status') => Object.fromEntries((await database.run(`SELECT ${column} AS value, count(*)::int AS rows FROM ${table} GROUP BY 1`)).map(({ value, rows }) => [value, rows]));
const commandOf = (plan: ConnectorPlan, what: RegExp) => plan.nativeCommands.find((command) => what.test(command.what))!.command;

/** As somebody does who knows nothing but the card: as the operator, with the statement as it stands there. */
async function byHand(statement: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: database.urlOf(database.operator) });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(statement);
  await client.end();
  return rows;
}

describe('marking rows as held', { timeout: 60_000 }, () => {
  it('holds what waits, says that it leaks when a new row is taken, and gives all back exactly once', async () => {
    await database.table('marked');
    await database.run(`INSERT INTO marked (amount) SELECT 1 FROM generate_series(1, 1200)`);
    const flow = leverFlow(database, contractsOf({ id: 'marked', table: 'marked' }), 'marked', 'status-swap');
    const plan = await flow.plan({ kind: 'pause', holdId: randomUUID(), method: 'status-swap' });
    expect(plan.warnings.join(' ')).toContain('This hold leaks');
    expect(plan.canary).toMatchObject({ possible: false });
    const hold = await flow.pause();
    expect(await countsOf('marked')).toEqual({ H: 1200 });

    consumers = startConsumers(database.urlOf(database.consumer), { schema: 'public', table: 'marked' }, { batch: 50 });
    expect(await flow.observe(hold)).toMatchObject({ state: 'held', figures: { held: '1200', 'taken in 2 s': '0' } });
    const producer = await database.session();
    let sent = 0;
    const leak = flow.observe(hold);
    await database.lookIsOpen();
    for (const before = consumers.claimed.length; consumers.claimed.length === before && sent < 2_000; sent++) await producer.query(`INSERT INTO marked (amount) VALUES (1)`);
    expect(await leak).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('before') });

    await flow.reassert(hold);
    const released = await flow.act({ kind: 'release', hold, perSecond: null });
    expect(released.result.complete).toBe(true);
    await vi.waitFor(async () => expect(await countsOf('marked')).toEqual({ C: 1200 + sent }), patiently);
    expect(new Set(consumers.claimed).size).toBe(consumers.claimed.length);
    expect(consumers.claimed.length).toBe(1200 + sent);
  });

  it('is taken back whole when the pause breaks off, and by hand when Signalbox is down', async () => {
    await database.table('by_hand');
    await database.run(`INSERT INTO by_hand (amount) SELECT 1 FROM generate_series(1, 700)`);
    const flow = leverFlow(database, contractsOf({ id: 'by-hand', table: 'by_hand' }), 'by-hand', 'status-swap');
    const request: LeverRequest = { kind: 'pause', holdId: randomUUID(), method: 'status-swap' };
    const { plan, run } = await flow.act(request);
    await flow.undo(request, plan, run);
    expect(await countsOf('by_hand')).toEqual({ N: 700 });
    await flow.pause();
    expect(await byHand(commandOf(plan, /Count the rows/))).toEqual([{ status: 'H', count: '700' }]);
    await byHand(commandOf(plan, /Set held rows/));
    expect(await countsOf('by_hand')).toEqual({ N: 700 });
  });
});

describe('native commands of the row gate', { timeout: 60_000 }, () => {
  it('show the gate and open it, also that of one share, and no other', async () => {
    await database.table(`it's "odd"`);
    await database.guard(`it's "odd"`, { shares: [{ partition: 'destination=billing', where: { destination: ['billing'] } }] });
    const contracts = contractsOf({ id: 'odd', table: `'it''s "odd"'`, channel: { where: '{ destination: billing }' } });
    const flow = leverFlow(database, contracts, 'odd', 'row-gate');
    await flow.pause();
    const plan = await flow.plan({ kind: 'pause', holdId: randomUUID(), method: 'row-gate' });
    expect(await byHand(commandOf(plan, /See the gate/))).toMatchObject([{ share: '', closed: false }, { share: 'destination=billing', closed: true }]);
    await byHand(commandOf(plan, /^Open the gate/));
    expect(await byHand(commandOf(plan, /See the gate/))).toMatchObject([{ share: '', closed: false }, { share: 'destination=billing', closed: false }]);
    expect(commandOf(plan, /Connect/)).toContain(`-U ${database.operator.user}`);
    expect(JSON.stringify(plan)).not.toContain(database.operator.password);
  });
});

describe('reroute by destination', { timeout: 60_000 }, () => {
  it('moves what waits of one payer, tells what came since, and restores what nobody has taken', async () => {
    await database.table('routed');
    await database.run(`INSERT INTO routed (error_code) SELECT CASE WHEN n % 2 = 0 THEN 'AETNA' ELSE 'BCBS' END FROM generate_series(1, 20) n`);
    const contracts = contractsOf({ id: 'routed', table: 'routed', channel: { destination: 'destination', where: '{ destination: billing }' }, fields: PAYER, more: REROUTE.replace('TABLE', 'routed') });
    const flow = leverFlow(database, contracts, 'routed', 'destination');
    const operation = testOperation('reroute');
    const request: LeverRequest = { kind: 'reroute', holdId: randomUUID(), alternate: 'clearinghouse-b', only: { payer: 'AETNA' } };
    await expect(flow.act(request, operation, (run) => run.crashAt('sent'))).rejects.toThrow(Crash);
    const { plan, result } = await flow.act(request, operation);
    expect(result.complete).toBe(true);
    expect(operation.count('sent')).toBe(10);
    expect(await database.run(`SELECT DISTINCT error_code FROM routed WHERE destination = 'backup'`)).toEqual([{ error_code: 'AETNA' }]);
    const hold: HoldInPlace = { id: randomUUID(), method: 'destination', action: plan.action, record: operation.recorded, requestedAt: new Date() };
    expect(await flow.observe(hold)).toMatchObject({ state: 'active' });
    await database.run(`INSERT INTO routed (error_code) VALUES ('AETNA'), ('BCBS')`);
    expect(await flow.observe(hold)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('1 row') });
    expect(await byHand(commandOf(plan, /by destination/))).toHaveLength(2);

    await database.run(`UPDATE routed SET status = 'C' WHERE id IN (2, 4); INSERT INTO routed (destination, error_code) VALUES ('backup', 'AETNA')`);
    const restore = testOperation('restore');
    const restored = await flow.act({ kind: 'restore', hold }, restore);
    expect(restored.plan.willNot.join(' ')).toContain('2 rows');
    expect(restored.result).toMatchObject({ complete: true, moved: 8 });
    expect(Object.entries(restore.statesOf()).filter(([, state]) => state === 'skipped').map(([key]) => key)).toEqual(['2', '4']);
    // What the alternate had of its own stays there.
    expect(await countsOf('routed', 'destination')).toEqual({ billing: 20, backup: 3 });
  });

  it('takes only those who are enrolled at the alternate, and is taken back when it breaks off', async () => {
    await database.table('broken_off');
    await database.run(`INSERT INTO broken_off (error_code) SELECT CASE WHEN n > 5 THEN 'BCBS' ELSE 'AETNA' END FROM generate_series(1, 6) n`);
    const contracts = contractsOf({ id: 'broken-off', table: 'broken_off', channel: { destination: 'destination', where: '{ destination: billing }' }, fields: PAYER, more: REROUTE.replace('TABLE', 'broken_off') });
    const flow = leverFlow(database, contracts, 'broken-off', 'destination');
    const request: LeverRequest = { kind: 'reroute', holdId: randomUUID(), alternate: 'clearinghouse-b', only: null, enrolled: [{ payer: 'AETNA' }] };
    const { plan, run } = await flow.act(request);
    expect(await countsOf('broken_off', 'destination')).toEqual({ backup: 5, billing: 1 });
    await flow.undo(request, plan, run);
    expect(await countsOf('broken_off', 'destination')).toEqual({ billing: 6 });
  });
});
