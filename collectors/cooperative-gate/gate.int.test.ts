import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { channelId } from '@/server/domain/contracts/channel';
import { instantWords } from '@/server/domain/instant-words';
import { gatedFlow, plantHold, plantOperation, setHoldState } from '@/server/services/gates/testing/planted-gates';
import { pollGate } from '@/server/services/gates/poll-gate';
import { plantContracts, plantReceiverReport, plantSpans, type PlantedSpan } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { schema } from '@/server/store/postgres';
import type { HoldInPlace, LeverRequest, LeverTarget } from '../runtime/operations/levers';
import { cooperativeLevers, type GateContext, type GateRun } from '.';

const SECOND = 1_000;
let stores: TestStores;
let drop: () => Promise<void>;
/** What time it is for web, collectors and receivers. */
let now: number;
let serial = 0;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  drop = async () => {
    await stores.close();
    await Promise.all([postgres.drop(), clickhouse.drop()]);
  };
});
afterAll(() => drop());
beforeEach(async () => {
  now = Date.now() - 3_600_000;
  await listening();
});

const context = (): GateContext => ({
  ...stores, signal: new AbortController().signal, installation: 'test', operationId: 'op', contracts: () => ({ flows: [], mapper: {} as never }),
  logger: {} as never, now: () => now,
});

/** A flow of its own for each test. */
async function newTarget(told: Parameters<typeof gatedFlow>[1] = {}): Promise<LeverTarget> {
  const flow = gatedFlow(`flow-${(serial += 1)}`, { alternates: ['second'], ...told });
  await plantContracts(stores.db, [flow]);
  const hop = flow.spec.path[0]!;
  return { flow, hop, channel: hop.channel, channelId: channelId(hop.channel) };
}

const asking = (name: string, kind: 'token' | 'user' = 'token') => ({
  ...stores, now: () => new Date(now),
  actor: kind === 'token' ? { kind, id: name, name, grants: [{ role: 'viewer' as const, scope: { facilities: null, payers: null } }] }
    : { kind, id: name, name, email: `${name}@hospital.example`, grants: [{ role: 'viewer' as const, scope: { facilities: null, payers: null } }] },
});
const poll = (target: LeverTarget, name = 'batch', etag?: string) => pollGate(asking(name), { flowId: target.flow.metadata.id, waitMs: 0, ifNoneMatch: etag });
/** Two answers: the second time the client comes back with the tag of the first. */
const pollTwice = async (target: LeverTarget, name = 'batch') => poll(target, name, (await poll(target, name)).etag);
const receive = (target: LeverTarget, leg: PlantedSpan['leg'] = 'enter') =>
  plantSpans(stores.clickhouse, [{ atMs: now - SECOND, receivedMs: now, flowId: target.flow.metadata.id, hopId: target.hop.id, leg: leg ?? 'enter' }]);
/** Receivers that have been listening for a day, and have passed on everything. */
const listening = (told: { since?: number; through?: number } = {}) => plantReceiverReport(stores.db, told.through ?? now, told.since ?? now - 86_400_000, new Date(now));
const pass = async (seconds: number) => {
  now += seconds * SECOND;
  await listening();
};

const inPlace = (id: string, requestedAt: number): HoldInPlace => ({ id, method: 'cooperative', action: {}, record: {}, requestedAt: new Date(requestedAt) });
async function hold(target: LeverTarget, told: { kind?: 'reroute'; alternate?: string } = {}): Promise<HoldInPlace> {
  const id = await plantHold(stores.db, { flowId: target.flow.metadata.id, requestedAt: new Date(now), ...told, ...(told.kind ? { state: 'active' } : {}) });
  return inPlace(id, now);
}
const observe = async (target: LeverTarget, held: HoldInPlace) => cooperativeLevers.observe(target, held, context());
const stateOf = async (target: LeverTarget, held: HoldInPlace) => (await observe(target, held)).state;
const plan = (target: LeverTarget, request: LeverRequest) => cooperativeLevers.plan(target, request, context());
const pause = { kind: 'pause', holdId: 'h', method: 'cooperative' } as const;
const codes = ({ locks }: { locks: { code: string }[] }) => locks.map(({ code }) => code);

describe('the plan of a pause', () => {
  it('is locked while no client asks, and says since when', async () => {
    const target = await newTarget();
    const never = await plan(target, pause);
    expect(never.locks).toEqual([{ code: 'no-gate-client', sentence: 'No client has asked this gate yet: nothing would be held. Start the client, or stop the job where it runs.' }]);
    await pollGate(asking('nina', 'user'), { flowId: target.flow.metadata.id, waitMs: 0 });
    expect(codes(await plan(target, pause))).toEqual(['no-gate-client']);
    await poll(target);
    const asked = instantWords(now);
    expect(codes(await plan(target, pause))).toEqual([]);
    await pass(301);
    expect((await plan(target, pause)).locks[0]?.sentence).toBe(`No client has asked this gate since ${asked} (batch): nothing would be held. Start the client, or stop the job where it runs.`);
  });

  it('is locked without pause.gate in the contract', async () => {
    const target = await newTarget({ gate: null });
    await poll(target);
    expect(codes(await plan(target, pause))).toEqual(['no-gate-in-contract']);
  });

  it('names clients and what cannot be promised; warns where nothing is seen; has no canary', async () => {
    const target = await newTarget({ gate: { onUnavailable: 'open' } });
    await poll(target, 'batch');
    await poll(target, 'second');
    const blind = await plan(target, pause);
    expect(blind.warnings).toEqual([expect.stringContaining('Nothing was received from load in the last 24 hours')]);
    await receive(target);
    const made = await plan(target, pause);
    expect(made.warnings).toEqual([]);
    expect(made.steps[1]).toMatch(/^batch, second are told/);
    expect(made.canary).toEqual({ possible: false, sentence: expect.stringContaining('A client would have to report what it took') });
    expect(made.limits).toEqual([expect.objectContaining({ at: null, sentence: 'Clients that get no answer for 300 s go on sending (onUnavailable: open).' })]);
    expect(made.guarantee.survivesRestart).toMatch(/^Cooperative:/);
  });

  it('is not out of date because its own hold stands in the table, but is because of another', async () => {
    const target = await newTarget();
    await poll(target);
    const before = await plan(target, { ...pause, holdId: '0' });
    const held = await hold(target);
    expect((await plan(target, { ...pause, holdId: held.id })).topology).toEqual(before.topology);
    expect((await plan(target, { ...pause, holdId: '0' })).topology).not.toEqual(before.topology);
  });
});

describe('a hold', () => {
  it('drains until all clients have reported it and silence is proven, is held, leaks, and is held again', async () => {
    const target = await newTarget();
    await Promise.all([poll(target, 'a'), poll(target, 'b')]);
    const held = await hold(target);
    expect(await observe(target, held)).toMatchObject({ state: 'draining', sentence: '0 of 2 clients have reported the answer; not yet: a, b.', figures: { clients: '2', told: '0', 'last seen': 'nothing' } });
    await pollTwice(target, 'a');
    await poll(target, 'b');
    expect(await observe(target, held)).toMatchObject({ state: 'draining', figures: { told: '1' } });
    await pollTwice(target, 'b');
    await pass(6);
    await receive(target);
    await pass(5);
    expect(await observe(target, held)).toMatchObject({ state: 'draining', sentence: expect.stringMatching(/for 5 s of 10 s\.$/) });
    await pass(5);
    expect(await observe(target, held)).toMatchObject({ state: 'held', figures: { clients: '2', told: '2', 'last seen': instantWords(now - 10 * SECOND) }, outsideActs: [] });

    await receive(target, 'leave');
    await pass(1);
    expect(await observe(target, held)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('somebody sends who does not ask it') });
    await pass(9);
    expect(await stateOf(target, held)).toBe('held');
    // A repeated call is traffic too, though no leg of the hop.
    await receive(target, 'none');
    expect(await stateOf(target, held)).toBe('leaking');
  });

  it('is not vouched for while nobody asks, telemetry is behind, or receivers have just started', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target);
    await pass(10);
    expect(await stateOf(target, held)).toBe('held');
    await listening({ through: now - 31 * SECOND });
    expect(await observe(target, held)).toMatchObject({ state: 'unreachable', sentence: expect.stringMatching(/^Telemetry is complete through/) });
    await listening({ since: now - 5 * SECOND });
    expect(await observe(target, held)).toMatchObject({ state: 'unreachable', sentence: expect.stringContaining('listening for less than 10 s') });
    await pass(291);
    expect(await observe(target, held)).toMatchObject({ state: 'unreachable', sentence: expect.stringMatching(/^No client has asked the gate within 300 s \(the last was batch at/) });
    now += 60 * SECOND;
    expect((await observe(target, held)).sentence).toMatch(/^Telemetry is not known to be complete/);
  });

  it('is judged by the answer of this hold, not by one of a former', async () => {
    const target = await newTarget();
    const former = await hold(target);
    await pollTwice(target);
    await setHoldState(stores.db, former.id, 'released');
    await pass(60);
    const held = await hold(target);
    await pass(20);
    expect(await observe(target, held)).toMatchObject({ state: 'draining', figures: { told: '0' } });
    await pollTwice(target);
    await pass(10);
    expect(await stateOf(target, held)).toBe('held');
  });

  it('is dropped where the gate no longer follows it', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target);
    await setHoldState(stores.db, held.id, 'releasing');
    expect(await stateOf(target, held)).toBe('unreachable');
    await stores.db.update(schema.activeContracts).set({ active: false }).where(eq(schema.activeContracts.documentId, target.flow.metadata.id));
    expect(await observe(target, held)).toMatchObject({ state: 'dropped', sentence: expect.stringContaining('its gate answers 404') });
  });

  it('is unreachable, not broken, while ClickHouse does not answer', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target);
    await stores.clickhouse.command('RENAME TABLE flow_minute TO flow_minute_elsewhere');
    const seen = await observe(target, held);
    await stores.clickhouse.command('RENAME TABLE flow_minute_elsewhere TO flow_minute');
    expect(seen).toMatchObject({ state: 'unreachable', sentence: expect.stringMatching(/^What passes is not known/) });
  });
});

/** An execution as the runtime would start it, with what it showed on its way. */
function execute(target: LeverTarget, request: LeverRequest) {
  const shown: { sentence: string; moved?: number }[] = [];
  let stop = false;
  const run = { ...context(), isHeld: () => true, stopRequested: () => stop, remember: async () => undefined, recorded: {}, fence: 1n, progress: (state: (typeof shown)[number]) => shown.push(state), journal: {} as never, mayAct: () => Promise.reject(new Error('no items')) } as unknown as GateRun;
  const result = cooperativeLevers.execute(target, request, {} as never, run);
  return { result, shown, stop: () => { stop = true; } };
}

describe('a release', () => {
  it('is done when every client that asks was told that the gate is open', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target, 'a');
    await pollTwice(target, 'b');
    await expect(execute(target, { kind: 'release', hold: held, perSecond: null }).result).rejects.toThrow('still keeps the gate closed');
    await setHoldState(stores.db, held.id, 'releasing');
    const { result, shown } = execute(target, { kind: 'release', hold: held, perSecond: null });
    await poll(target, 'a');
    await vi.waitFor(() => expect(shown.at(-1)?.sentence).toBe('The gate is open. Not yet told: b.'), { timeout: 10_000 });
    await poll(target, 'b');
    expect(await result).toMatchObject({ complete: true, sentence: expect.stringMatching(/^The gate is open\. [ab], [ab] know\.$/) });
  });

  it('at a rate lasts until less is received than allowed', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target);
    await setHoldState(stores.db, held.id, 'releasing');
    await plantOperation(stores.db, { flowId: target.flow.metadata.id, kind: 'release', holdId: held.id, request: { perSecond: 2 } });
    expect((await poll(target)).answer).toMatchObject({ state: 'open', ratePerSecond: '2' });
    const { result, shown } = execute(target, { kind: 'release', hold: held, perSecond: 2 });
    await vi.waitFor(() => expect(shown.at(-1)?.sentence).toBe('The gate is open at 2 per second.'), { timeout: 10_000 });
    // No look counts while telemetry is behind: time and messages move on between two looks.
    await listening({ through: now - 60 * SECOND });
    await vi.waitFor(() => expect(shown.at(-1)?.sentence).toContain('telemetry is behind'), { timeout: 10_000 });
    now += 10 * SECOND;
    await plantSpans(stores.clickhouse, Array.from({ length: 20 }, (_, i): PlantedSpan => ({ atMs: now - i, receivedMs: now - i, flowId: target.flow.metadata.id, hopId: 'load', leg: 'enter' })));
    await listening();
    await vi.waitFor(() => expect(shown.at(-1)).toEqual({ sentence: 'The gate is open at 2 per second; 2.0 are received.', moved: 20 }), { timeout: 10_000 });
    await pass(10);
    expect(await result).toEqual({ complete: true, moved: 20, possibleDuplicates: 0, sentence: 'Less than 2 per second was received for 10 s: what had waited is through, and the rate ends.' });
  });

  it('stops when somebody asks for it', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await pollTwice(target);
    await setHoldState(stores.db, held.id, 'releasing');
    const { result, shown, stop } = execute(target, { kind: 'release', hold: held, perSecond: 2 });
    await vi.waitFor(() => expect(shown).not.toEqual([]), { timeout: 10_000 });
    stop();
    expect(await result).toMatchObject({ complete: false, sentence: 'Stopped before all clients were told: 1 of 1 have not asked since.' });
  });

  it('says when another hold keeps the gate closed', async () => {
    const target = await newTarget();
    const held = await hold(target);
    await hold(target);
    await setHoldState(stores.db, held.id, 'releasing');
    await pollTwice(target);
    expect((await execute(target, { kind: 'release', hold: held, perSecond: 5 }).result).sentence).toBe('This hold is over, and the gate stays closed: the flow has another one. batch knows.');
  });
});

describe('a reroute', () => {
  const reroute = { kind: 'reroute', holdId: 'h', alternate: 'second', only: null } as const;

  it('is of the whole flow, to an alternate of the contract', async () => {
    const target = await newTarget();
    await poll(target);
    expect(await plan(target, reroute)).toMatchObject({ locks: [], receivers: ['second'], action: { alternate: 'second' } });
    expect(codes(await plan(target, { ...reroute, only: { payer: 'aetna' } }))).toEqual(['whole-flow-only']);
    expect(codes(await plan(target, { ...reroute, alternate: 'third' }))).toEqual(['no-alternate']);
  });

  it('is active while clients hear of it, leaks when the usual target still receives, and ends when they have heard of that', async () => {
    const target = await newTarget();
    await poll(target);
    const held = await hold(target, { kind: 'reroute', alternate: 'second' });
    expect(await stateOf(target, held)).toBe('active');
    expect((await pollTwice(target)).answer.route).toBe('second');
    await pass(11);
    expect(await stateOf(target, held)).toBe('active');
    await receive(target);
    expect(await stateOf(target, held)).toBe('leaking');
    expect(codes(await plan(target, { kind: 'restore', hold: held }))).toEqual([]);
    await setHoldState(stores.db, held.id, 'releasing');
    const { result, shown } = execute(target, { kind: 'restore', hold: held });
    await vi.waitFor(() => expect(shown).not.toEqual([]), { timeout: 10_000 });
    await poll(target);
    expect((await result).sentence).toBe('The gate names no route any more. batch knows.');
  });
});

describe('what a gate cannot do', () => {
  it('is locked with the reason', async () => {
    const target = await newTarget();
    const held = inPlace('gone', now);
    expect((await plan(target, { kind: 'canary', hold: held, which: { by: 'count', count: 1 } })).locks).toEqual([{ code: 'canary-cooperative', sentence: expect.stringContaining('cannot count') }]);
    expect((await plan(target, { kind: 'replay', items: [], to: 'queue', perSecond: null, order: 'any' })).locks).toEqual([{ code: 'replay-cooperative', sentence: expect.stringContaining('Let the sending system send it again') }]);
    expect(codes(await plan(target, { kind: 'release', hold: held, perSecond: null }))).toEqual(['not-in-place']);
  });
});
