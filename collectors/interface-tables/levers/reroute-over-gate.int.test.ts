import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Credentials } from '@/server/domain/sources/connection';
import type { HoldInPlace, LeverRequest } from '../../runtime/operations/levers';
import { startConsumers, type TestConsumers } from '../testing/consumers';
import { contractsOf } from '../testing/contracts';
import { createLeverDatabase, type LeverDatabase } from '../testing/lever-database';
import { leverFlow, type LeverFlow } from '../testing/lever-flow';
import { Crash, testOperation, type TestOperation, type TestRun } from '../testing/lever-run';
import { statesOf, watched } from '../testing/watched';

const patiently = { timeout: 30_000, interval: 50 };
const BILLING = { partition: 'destination=billing', where: { destination: ['billing'] } };
const BACKUP = { partition: 'destination=backup', where: { destination: ['backup'] } };
const FIELDS = `
    message:  { from: ["column:id"] }
    payer:    { from: ["column:error_code"] }
    facility: { from: ["column:facility_code"] }`;
const rerouteTo = (table: string) => `  reroute:
    allowed: true
    alternates:
      - id: second
        channel: { source: erp-db, kind: table, table: ${table}, status: { column: status, pending: N }, where: { destination: backup } }
`;

let database: LeverDatabase;
const consumers: TestConsumers[] = [];

beforeAll(async () => { database = await createLeverDatabase(); });
afterEach(async () => {
  for (const running of consumers.splice(0)) await running.stop();
});
afterAll(() => database.drop());

/** Two applications with a role each, both named by the policies, and half of the rows are those of payer AETNA. */
interface Scene {
  table: string;
  second: Credentials;
  /** The levers of the pause, and of the reroute. */
  gate: LeverFlow;
  route: LeverFlow;
  hold: HoldInPlace;
  start(who: 'primary' | 'second'): TestConsumers;
  rows(where: string): Promise<number>;
}

const reroute = (over: HoldInPlace, more: Partial<Extract<LeverRequest, { kind: 'reroute' }>> = {}): LeverRequest =>
  ({ kind: 'reroute', holdId: randomUUID(), alternate: 'second', only: null, enrolled: [{ payer: 'AETNA' }], over, ...more });

async function insert(table: string, rows: number): Promise<void> {
  await database.run(`INSERT INTO ${table} (error_code) SELECT CASE WHEN n % 2 = 0 THEN 'AETNA' ELSE 'BCBS' END FROM generate_series(1, ${rows}) n`);
}

async function held(table: string, rows: number, { where = '{ destination: billing }', shares = [BILLING] } = {}): Promise<Scene> {
  await database.table(table);
  const second = await database.application('second_worker', table);
  await database.guard(table, { shares, consumers: [database.consumer.user, second.user] });
  await insert(table, rows);
  const contracts = contractsOf({ id: 'claims', table, channel: { destination: 'destination', where: where === '' ? undefined : where }, fields: FIELDS, more: rerouteTo(table) });
  const [gate, route] = [leverFlow(database, contracts, 'claims', 'row-gate'), leverFlow(database, contracts, 'claims', 'destination')];
  return {
    table, second, gate, route, hold: await gate.pause(),
    start(who) {
      const running = startConsumers(database.urlOf(who === 'primary' ? database.consumer : second), { schema: 'public', table }, { batch: 20, where: ` AND destination = '${who === 'primary' ? 'billing' : 'backup'}'` });
      consumers.push(running);
      return running;
    },
    rows: async (condition) => Number((await database.run(`SELECT count(*) FROM ${table} WHERE ${condition}`))[0]!.count),
  };
}

/** Carries it out, through as many lives as it takes. */
async function rerouted({ route }: Scene, request: LeverRequest, operation: TestOperation = testOperation('reroute'), prepare: (run: TestRun, life: number) => void = () => undefined): Promise<HoldInPlace> {
  for (let life = 1; ; life++) {
    try {
      const { plan, result } = await route.act(request, operation, (run) => prepare(run, life));
      expect(result.complete).toBe(true);
      return { id: randomUUID(), method: 'destination', action: plan.action, record: operation.recorded, requestedAt: new Date() };
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

function crashBeforeCommit(run: TestRun): void {
  const remember = run.remember.bind(run);
  run.remember = async (record) => {
    await remember(record);
    if (record !== null && typeof record === 'object' && 'transaction' in record) throw new Crash('before the commit');
  };
}

const codesOf = async (flow: LeverFlow, request: LeverRequest) => (await flow.plan(request)).locks.map(({ code }) => code);

describe('a reroute over a closed gate', { timeout: 90_000 }, () => {
  it('leads 1,000 rows from under it through two deaths, each once, while everybody else stays held and no look finds a leak', async () => {
    const scene = await held('led', 2_000);
    const [primary, second] = [scene.start('primary'), scene.start('second')];
    await vi.waitFor(async () => expect((await scene.gate.observe(scene.hold)).state).toBe('held'), patiently);
    const request = reroute(scene.hold, { perSecond: 200 });
    const plan = await scene.route.plan(request);
    expect(plan).toMatchObject({ locks: [], waiting: '2000', goesAlong: '1000', steps: [expect.stringContaining('1000 rows of public.led that wait behind the closed gate to backup, at most 200 in one transaction and 200 each second'), 'Leave the gate of public.led for destination=billing closed.'] });

    const operation = testOperation('led');
    const { done: over, looks } = await watched(scene.gate, scene.hold, rerouted(scene, request, operation, (run, life) => {
      // Between the note of a batch and its commit, then between the commit and the journal.
      if (life === 1) crashBeforeCommit(run);
      if (life === 2) run.crashAt('sent');
      if (life === 3) void insert('led', 100);
    }));
    expect(statesOf(looks)).toEqual(['held']);
    expect(looks.some(({ figures: { waiting } }) => Number(waiting) > 1_100 && Number(waiting) < 2_000)).toBe(true);
    expect(looks.at(-1)).toMatchObject({ outsideActs: [], figures: { waiting: '1100', 'taken in 2 s': '0' } });
    expect(operation.count('sent')).toBe(1_000);
    expect(await database.run(`SELECT allow ->> 'ledElsewhere' AS led FROM signalbox.gate WHERE table_name = 'led' AND closed`)).toEqual([{ led: '1000' }]);
    await vi.waitFor(async () => expect(await scene.rows(`destination = 'backup' AND status = 'C' AND error_code = 'AETNA' AND attempts = 1`)).toBe(1_000), patiently);
    expect(second.claimed.toSorted()).toEqual(operation.sent.toSorted());
    expect(primary.claimed).toEqual([]);
    expect(await scene.route.observe(over)).toMatchObject({ state: 'active', sentence: expect.stringMatching(/^50 rows of public.led of those who are rerouted came since and are held by the gate\./), figures: { 'held, not rerouted': '50' } });

    // A canary of the hold passes as ever, and what left before is not forgotten by it.
    const canary = await watched(scene.gate, scene.hold, scene.gate.act({ kind: 'canary', hold: scene.hold, which: { by: 'payer', payer: 'BCBS', atMost: 5 } }));
    expect(statesOf(canary.looks)).not.toContain('leaking');
    expect(await database.run(`SELECT allow ->> 'ledElsewhere' AS led FROM signalbox.gate WHERE table_name = 'led' AND closed`)).toEqual([{ led: '1000' }]);
    await vi.waitFor(async () => expect(await scene.gate.observe(scene.hold)).toMatchObject({ state: 'held', figures: { waiting: '1095' } }), patiently);
    expect(primary.claimed).toHaveLength(5);
    expect([...primary.failures, ...second.failures]).toEqual([]);
  });

  it('is restored behind the closed gate, where rows that nobody took are held again, and each is taken once after the release', async () => {
    const scene = await held('returned', 20);
    const primary = scene.start('primary');
    const hold = await rerouted(scene, reroute(scene.hold));
    const asSecond = await database.session();
    await asSecond.query(`SET ROLE ${scene.second.user}`);
    await asSecond.query(`UPDATE returned SET status = 'C', updated_at = clock_timestamp() WHERE id IN (SELECT id FROM returned WHERE destination = 'backup' ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED)`);
    expect(await scene.route.observe(hold)).toMatchObject({ state: 'active', sentence: expect.stringContaining('No row') });

    const { done: restored, looks } = await watched(scene.gate, scene.hold, scene.route.act({ kind: 'restore', hold }));
    expect(restored.plan).toMatchObject({ topology: { held: true }, receivers: [expect.stringContaining('Nobody while the gate is closed')], steps: [expect.stringContaining('held there again')] });
    expect(restored.result).toMatchObject({ complete: true, moved: 8 });
    expect(statesOf(looks)).toEqual(['held']);
    expect(looks.at(-1)!.figures.waiting).toBe('18');
    expect(primary.claimed).toEqual([]);
    await scene.gate.act({ kind: 'release', hold: scene.hold, perSecond: null });
    await vi.waitFor(async () => expect(await scene.rows(`status = 'C'`)).toBe(20), patiently);
    expect(primary.claimed.length).toBe(18);
    expect(new Set(primary.claimed).size).toBe(18);
  });

  it('leaks once the gate beneath is released, which the release says before, and is restored then, too', async () => {
    const scene = await held('freed', 20);
    const primary = scene.start('primary');
    const hold = await rerouted(scene, reroute(scene.hold));
    const release = await scene.gate.act({ kind: 'release', hold: scene.hold, perSecond: null });
    expect(release.plan.warnings.join(' ')).toContain('10 rows were rerouted from behind this gate');
    await vi.waitFor(() => expect(primary.claimed.length).toBe(10), patiently);
    await primary.stop();
    await insert('freed', 2);
    expect(await scene.route.observe(hold)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('1 row of public.freed of those who are rerouted came since and goes') });
    const restored = await scene.route.act({ kind: 'restore', hold });
    expect(restored.plan.topology).toMatchObject({ held: false });
    expect(restored.result).toMatchObject({ complete: true, moved: 10 });
    const again = scene.start('primary');
    await vi.waitFor(async () => expect(await scene.rows(`status = 'C' AND destination = 'billing'`)).toBe(22), patiently);
    expect(again.claimed.length).toBe(12);
  });

  it('hides no row that is lost while it is under way, and goes to its end when somebody opens the gate meanwhile', async () => {
    const scene = await held('robbed', 400);
    const looking = scene.gate.observe(scene.hold);
    await database.lookIsOpen();
    await rerouted(scene, reroute(scene.hold, { only: { facility: 'none' }, enrolled: null }));
    const hold = await rerouted(scene, reroute(scene.hold), testOperation('robbed'));
    await database.run(`DELETE FROM robbed WHERE id IN (1, 3)`);
    expect(await looking).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('2 rows left') });
    await scene.route.act({ kind: 'restore', hold });

    const opened = testOperation('opened');
    await rerouted(scene, reroute(scene.hold), opened, (run, life) => {
      if (life !== 1) return;
      const remember = run.remember.bind(run);
      run.remember = async (record) => {
        await database.run(`UPDATE signalbox.gate SET closed = false, allow = NULL WHERE table_name = 'robbed'`);
        await remember(record);
      };
    });
    expect(opened.count('sent')).toBe(200);
    expect(await scene.rows(`destination = 'backup'`)).toBe(200);
    expect(await scene.gate.observe(scene.hold)).toMatchObject({ state: 'dropped' });
  });

  it('rests on the gate that this hold has closed: a plan is another one when somebody opens it, or closes that of the alternate', async () => {
    const scene = await held('rested', 4, { shares: [BILLING, BACKUP] });
    const planned = await scene.route.plan(reroute(scene.hold));
    expect(planned.locks).toEqual([]);
    const alternate = async (closed: boolean, share: string) => database.run(`UPDATE signalbox.gate SET closed = ${closed} WHERE table_name = 'rested' AND share = '${share}'`);
    for (const share of [BACKUP.partition, '']) {
      await alternate(true, share);
      const now = await scene.route.plan(reroute(scene.hold));
      expect(now.locks).toEqual([{ code: 'gate-holds-alternate', sentence: expect.stringContaining('Open that gate first') }]);
      expect(now.topology).not.toEqual(planned.topology);
      await alternate(false, share);
    }
    expect((await scene.route.plan(reroute(scene.hold))).topology).toEqual(planned.topology);
    await database.run(`UPDATE signalbox.gate SET closed = false, allow = NULL WHERE table_name = 'rested'`);
    const open = await scene.route.plan(reroute(scene.hold));
    expect(open.locks.map(({ code }) => code)).toEqual(['gate-not-ours']);
    expect(open.topology).not.toEqual(planned.topology);
  });

  it('is locked where the gate would hold the rows at the alternate as well', async () => {
    const whole = await held('whole', 4, { where: '', shares: [] });
    expect((await whole.route.plan(reroute(whole.hold))).locks).toEqual([{ code: 'gate-whole-table', sentence: expect.stringMatching(/holds the whole table, also those with destination backup.*channel\.where.*script/) }]);
    const joint = await held('joint', 4, { where: '{ destination: [billing, backup] }', shares: [{ partition: 'destination=billing,backup', where: { destination: ['billing', 'backup'] } }] });
    expect(await codesOf(joint.route, reroute(joint.hold))).toEqual(['gate-whole-table']);
    // The contract has changed since the pause.
    const other = await held('other', 4);
    expect(await codesOf(other.route, reroute({ ...other.hold, action: { lever: 'row-gate', share: '' } }))).toEqual(['gate-other-share']);
  });
});
