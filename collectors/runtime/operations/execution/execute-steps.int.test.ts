/** One operation over three channels: in order, in reverse when one fails, and the same after a death at every point on the way. */
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { channelId } from '@/server/domain/contracts/channel';
import { createEditVault } from '@/server/domain/operations/edit-vault';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import type { OperationRequest } from '@/server/domain/operations/request';
import { uuidv7 } from '@/server/domain/ids';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { raiseFence } from '@/server/services/operations/engine/fenced';
import { storePlan } from '@/server/services/operations/engine/store-plan';
import { loadHold, loadOperation, loadSteps } from '@/server/services/operations/operation-rows';
import { readOperation } from '@/server/services/operations/read-operation';
import { requestOperation } from '@/server/services/operations/request-operation';
import { stopOperation } from '@/server/services/operations/stop-operation';
import { leverFlow, person } from '@/server/services/operations/testing/planned-operations';
import { plantContracts } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { schema } from '@/server/store/postgres';
import type { Engine } from '../engine';
import { SourceAway } from '../levers';
import { makePlan } from '../planning/make-plan';
import { channelWorld, type ChannelWorld, type Verb } from '../testing/channel-world';
import { executeOperation } from './execute';

const HOPS = ['intake', 'posting', 'payer'] as const;
const flow = leverFlow('chain', {
  path: HOPS.map((id) => ({ id, channel: { source: `source-${id}`, kind: 'queue', exchange: `to-${id}`, keys: ['#'], name: id } })),
});
const channels = Object.fromEntries(flow.spec.path.map(({ id, channel }) => [id, channelId(channel)]));
const engineer = person('engineer', ['engineer']);

let postgres: TestPostgres;
let clickhouse: TestClickHouse;
let stores: TestStores;
let world: ChannelWorld;
/** Moves on by hand; at first the time of now. */
let now: number;

beforeAll(async () => {
  [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  await plantContracts(stores.db, [flow]);
});
afterAll(async () => {
  await stores.close();
  await Promise.all([postgres.drop(), clickhouse.drop()]);
});
beforeEach(async () => {
  now = Date.now();
  world = channelWorld();
  await stores.db.delete(schema.channelLocks);
  await stores.db.update(schema.holds).set({ state: 'released' });
});

const context = () => ({ ...stores, actor: engineer, now: () => new Date(now) });
const engine = (): Engine => ({
  ...stores, contracts: () => ({ flows: [flow], mapper: {} as never }), levers: () => world.levers, ask: () => Promise.resolve({ holds: false, evidence: '' }), askPrimary: () => Promise.reject(new Error('No primary is asked here.')),
  installation: 'test', vault: createEditVault(Buffer.alloc(32)), logger: { warn: () => undefined } as never,
  // So that lines of the timeline have an order.
  now: () => new Date(now++),
});
const state = async (id: string) => (await loadOperation(stores.db, id)).state as OperationState;
const stepStates = async (id: string) => (await loadSteps(stores.db, id)).map((step) => step.state);
const heldAt = () => HOPS.filter((hop) => world.channel(hop).held);
const locks = () => stores.db.select().from(schema.channelLocks);

type Asked = { kind: 'pause'; hops?: readonly string[] } | { kind: 'release'; holds: { hop: string; id: string }[] };

async function planned(asked: Asked) {
  const id = uuidv7();
  const [first, ...rest] = asked.kind === 'pause' ? (asked.hops ?? HOPS) : asked.holds.map(({ hop }) => hop);
  const about = { id, flowId: 'chain', hopId: first! };
  const request: OperationRequest = asked.kind === 'pause'
    ? { kind: 'pause', ...about, method: 'park', reviewBy: new Date(now + 3_600_000).toISOString(), further: rest.map((hopId) => ({ hopId, method: 'park' as const })) }
    : { kind: 'release', ...about, holdId: asked.holds[0]!.id, further: asked.holds.slice(1).map((hold) => hold.id) };
  await requestOperation(context(), request);
  const row = (await raiseFence(stores.db, id, 1n))!;
  const { plan } = await makePlan(engine(), row, { signal: new AbortController().signal, installation: 'test', operationId: id, contracts: engine().contracts, logger: engine().logger, now: () => now });
  await storePlan(stores.db, { id, fence: 1n }, plan, [], new Date(now));
  return { id, plan, planHash: (await loadOperation(stores.db, id)).planHash! };
}

async function confirmed(asked: Asked): Promise<string> {
  const { id, planHash } = await planned(asked);
  await confirmOperation(context(), { id, planHash, reason: 'test' });
  return id;
}

/** A collector that has it, until it has ended or dies where the world says so. */
async function life(id: string): Promise<void> {
  const { fence } = await loadOperation(stores.db, id);
  const dead = new AbortController();
  const lease = { fence: fence + 1n, signal: dead.signal, isHeld: () => !dead.signal.aborted, release: () => Promise.resolve() };
  const row = await raiseFence(stores.db, id, lease.fence);
  const visit = world.at;
  world.at = async (...told) => {
    try {
      await visit?.(...told);
    } catch (error) {
      if (error instanceof Death) dead.abort();
      throw error;
    }
  };
  try {
    await executeOperation(engine(), row!, { lease, signal: dead.signal });
  } finally {
    world.at = visit;
  }
}

class Death extends Error {}

async function livesUntilEnd(id: string): Promise<number> {
  let lives = 0;
  for (; !isFinal(await state(id)); lives++) {
    expect(lives).toBeLessThan(4);
    await life(id);
  }
  return lives;
}

/** Throws at one verb of one hop, every time. */
const fails = (verb: Verb, hop: string, error: Error) => (at: Verb, on: string, when: string) => {
  if (at === verb && on === hop && when === 'before') throw error;
};

describe('a pause of several channels', () => {
  it('begins each when the one before is measured as held, leaves one hold per channel, and gives all channels back', async () => {
    const seen: string[] = [];
    world.at = (verb, hop, when) => { if (when === 'before' && verb !== 'plan') seen.push(`${verb} ${hop}`); };
    const id = await confirmed({ kind: 'pause' });
    expect(await locks()).toHaveLength(3);
    await life(id);
    expect(seen).toEqual(['execute intake', 'observe intake', 'execute posting', 'observe posting', 'execute payer', 'observe payer']);
    const operation = await readOperation(context(), { id });
    expect(operation).toMatchObject({ state: 'done', summary: '3 channels are held, in this order: intake, posting, payer.', holdId: null, moreChannels: 2 });
    expect(operation.steps.map((step) => [step.hopId, step.state, step.sentence])).toEqual(HOPS.map((hop) => [hop, 'held', 'Nothing passes.']));
    const holds = await Promise.all(operation.steps.map(({ holdId }) => loadHold(stores.db, holdId)));
    expect(holds.map((hold) => [hold.channelId, hold.state, hold.openedBy, hold.owner, hold.record])).toEqual(HOPS.map((hop) => [channels[hop], 'held', id, 'user:engineer@hospital.example', { action: { on: hop }, notes: { by: '2' } }]));
    expect(await locks()).toEqual([]);
    expect(operation.events.filter(({ kind }) => kind.startsWith('step-')).map(({ kind }) => kind)).toEqual(HOPS.flatMap(() => ['step-running', 'step-verifying', 'step-held']));
  });

  it('begins nothing at the first while something stands against the last', async () => {
    const id = await confirmed({ kind: 'pause' });
    world.channel('payer').version = 2;
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'failed', summary: 'payer: The source has changed since the plan was made (bindings, policies, users or limits are others). Nothing was done; make a new plan.' });
    expect(world.acts).toEqual([]);
    expect(await locks()).toEqual([]);
  });

  it('takes back in reverse what was held when a step fails, and says which one, why and what was undone', async () => {
    world.at = fails('execute', 'payer', new Error('The queue is gone.'));
    const id = await confirmed({ kind: 'pause' });
    await life(id);
    expect(world.acts).toEqual(['execute intake', 'execute posting', 'undo payer', 'undo posting', 'undo intake']);
    expect(heldAt()).toEqual([]);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'failed', summary: 'Step 3 of 3, payer, failed: The queue is gone. Taken back, in this order: payer, posting, intake.' });
    const holds = await stores.db.select().from(schema.holds).where(eq(schema.holds.openedBy, id));
    expect(holds.map((hold) => [hold.state, hold.closedBy, hold.overAt === null])).toEqual(HOPS.map(() => ['released', id, false]));
    // What a connector remembered of a channel it gets back for that channel.
    expect(HOPS.map((hop) => world.channel(hop).recorded)).toEqual([{ by: '2' }, { by: '2' }, {}]);
  });

  it('takes back what holds when the next channel has changed meanwhile', async () => {
    world.at = (verb, hop, when) => { if (verb === 'execute' && hop === 'intake' && when === 'after') world.channel('posting').locks = [{ code: 'alarm', sentence: 'The broker has an alarm.' }]; };
    const id = await confirmed({ kind: 'pause' });
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'failed', summary: 'Step 2 of 3, posting, failed: The broker has an alarm. Taken back, in this order: intake. Not begun: payer.' });
    expect(await stepStates(id)).toEqual(['undone', 'failed', 'waiting']);
    expect(await stores.db.select().from(schema.holds).where(eq(schema.holds.openedBy, id))).toHaveLength(1);
  });

  it('takes back when a step does not become held', async () => {
    world.channel('posting').seen = 'leaking';
    world.at = (verb, hop) => { if (verb === 'observe' && hop === 'posting') now += 15_000; };
    const id = await confirmed({ kind: 'pause' });
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'failed', summary: expect.stringMatching(/^Step 2 of 3, posting, failed: It was put in place and is not held: Nothing passes\. Taken back, in this order: posting, intake\. Not begun: payer\.$/) as string });
    expect(heldAt()).toEqual([]);
  });

  it('keeps, shows and names a hold that could not be taken back, and takes back the others all the same', async () => {
    world.at = (verb, hop, when) => {
      fails('execute', 'payer', new Error('The queue is gone.'))(verb, hop, when);
      fails('undo', 'posting', new Error('Access refused.'))(verb, hop, when);
    };
    const id = await confirmed({ kind: 'pause' });
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({
      state: 'failed', summary: 'Step 3 of 3, payer, failed: The queue is gone. Taken back, in this order: payer, intake. posting could not be taken back and is still held, engineer@hospital.example answers for it: Access refused.',
    });
    expect(heldAt()).toEqual(['posting']);
    const [left] = await stores.db.select().from(schema.holds).where(and(eq(schema.holds.openedBy, id), eq(schema.holds.hopId, 'posting')));
    expect(left).toMatchObject({ state: 'leaking', overAt: null, owner: 'user:engineer@hospital.example', observation: expect.stringContaining('Access refused.') as string, nativeCommands: [{ what: 'See', command: 'look' }] });
    // It can be released by itself as any other.
    const release = uuidv7();
    await requestOperation(context(), { kind: 'release', id: release, flowId: 'chain', hopId: 'posting', holdId: left!.id });
    expect((await loadOperation(stores.db, release)).state).toBe('draft');
  });

  it('takes everything back when it is stopped in the middle', async () => {
    const id = await confirmed({ kind: 'pause' });
    world.channel('posting').seen = 'draining';
    world.at = async (verb, hop, when) => { if (verb === 'observe' && hop === 'posting' && when === 'after') await stopOperation(context(), { id }).catch(() => undefined); };
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'aborted', summary: 'engineer@hospital.example stopped it. Taken back, in this order: posting, intake. Not begun: payer.' });
    expect(world.acts).toEqual(['execute intake', 'execute posting', 'undo posting', 'undo intake']);
  });

  it('waits for a source that is away, and goes on by itself', async () => {
    let away = 2;
    world.at = (verb, hop, when) => { if (hop === 'posting' && when === 'before' && verb === 'execute' && away-- > 0) throw new SourceAway('The broker does not answer.'); };
    const id = await confirmed({ kind: 'pause', hops: ['intake', 'posting'] });
    await life(id);
    expect(await state(id)).toBe('done');
    expect(heldAt()).toEqual(['intake', 'posting']);
  });

  it('lets a former life that wakes up do no more than it was in the middle of', async () => {
    const id = await confirmed({ kind: 'pause' });
    let isFirst = true;
    world.at = async (verb, hop, when) => {
      if (!isFirst || verb !== 'execute' || hop !== 'posting' || when !== 'before') return;
      isFirst = false;
      const visit = world.at;
      await life(id);
      world.at = visit;
    };
    await life(id);
    expect(await state(id)).toBe('done');
    expect(world.acts.filter((act) => act === 'execute payer')).toHaveLength(1);
    expect(await stepStates(id)).toEqual(['held', 'held', 'held']);
  });

  it.each([['comes about', null], ['fails at its last step', new Error('The queue is gone.')]])('that %s ends the same, wherever its collectors die', async (_, problem) => {
    const script = problem === null ? null : fails('execute', 'payer', problem);
    // Every call of a connector is a point to die at, before it has an effect and after.
    for (let deadly = 1, points = Number.POSITIVE_INFINITY; deadly <= points; deadly++) {
      world = channelWorld();
      await stores.db.update(schema.holds).set({ state: 'released' });
      const id = await confirmed({ kind: 'pause' });
      let point = 0;
      world.at = (verb, hop, when) => {
        point++;
        if (point === deadly) throw new Death();
        script?.(verb, hop, when);
      };
      const lives = await livesUntilEnd(id);
      if (point < deadly) {
        points = point;
        expect(lives).toBe(1);
      } else {
        expect(lives).toBe(2);
      }
      const done = problem === null;
      expect([deadly, await state(id), heldAt(), await stepStates(id)]).toEqual([deadly, done ? 'done' : 'failed', done ? [...HOPS] : [], done ? ['held', 'held', 'held'] : ['undone', 'undone', 'undone']]);
      const begun = world.acts.filter((act) => act.startsWith('execute')).filter((act, index, all) => all.indexOf(act) === index);
      expect(begun).toEqual(HOPS.slice(0, done ? 3 : 2).map((hop) => `execute ${hop}`));
      const undone = world.acts.filter((act) => act.startsWith('undo')).filter((act, index, all) => all.indexOf(act) === index);
      expect(undone).toEqual(done ? [] : ['undo payer', 'undo posting', 'undo intake']);
      expect(await locks()).toEqual([]);
    }
  }, 120_000);
});

describe('a release of several channels', () => {
  async function held(): Promise<{ hop: string; id: string }[]> {
    const id = await confirmed({ kind: 'pause' });
    await life(id);
    world.acts.length = 0;
    return (await loadSteps(stores.db, id)).map(({ hopId, holdId }) => ({ hop: hopId, id: holdId }));
  }

  it('goes in the order that was asked for, and ends every hold', async () => {
    const holds = await held();
    const id = await confirmed({ kind: 'release', holds: holds.toReversed() });
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'done', summary: '3 channels are released, in this order: payer, posting, intake.' });
    expect(world.acts).toEqual(['execute payer', 'execute posting', 'execute intake']);
    for (const { id: hold } of holds) expect(await loadHold(stores.db, hold)).toMatchObject({ state: 'released', closedBy: id });
  });

  it('leaves held what is left when one fails, holds nothing again, and releases the rest with another operation', async () => {
    const holds = await held();
    world.at = fails('execute', 'posting', new Error('The gate is closed by somebody else.'));
    const id = await confirmed({ kind: 'release', holds: holds.toReversed() });
    await life(id);
    expect(await loadOperation(stores.db, id)).toMatchObject({
      state: 'partly-done', summary: 'Step 2 of 3, posting, failed: The gate is closed by somebody else. Released: payer. Still held, engineer@hospital.example answers for it: posting, intake.',
    });
    expect((await Promise.all(holds.map(({ id: hold }) => loadHold(stores.db, hold)))).map((hold) => hold.state)).toEqual(['held', 'draining', 'released']);
    world.at = null;
    await life(await confirmed({ kind: 'release', holds: [holds[1]!, holds[0]!] }));
    expect(heldAt()).toEqual([]);
  });

  it('ends the same, wherever its collectors die', async () => {
    for (let deadly = 1, points = Number.POSITIVE_INFINITY; deadly <= points; deadly++) {
      world = channelWorld();
      await stores.db.update(schema.holds).set({ state: 'released' });
      const holds = await held();
      const id = await confirmed({ kind: 'release', holds });
      let point = 0;
      world.at = () => { if (++point === deadly) throw new Death(); };
      expect(await livesUntilEnd(id)).toBe(point < deadly ? 1 : 2);
      if (point < deadly) points = point;
      expect([deadly, await state(id), heldAt()]).toEqual([deadly, 'done', []]);
    }
  }, 120_000);
});

describe('its plan', () => {
  const copy = (hop: string, caseToken: string, index: number) => ({
    SourceId: `source-${hop}`, ChannelId: channels[hop], FlowId: 'chain', CopyKey: `${hop}-${index}`, MessageId: `${hop}-${index}`, CaseToken: caseToken, Amount: '10.00', Currency: 'USD', PayerId: 'aetna', FacilityId: 'north',
    SeenAt: new Date(now - 1_000 * (index + 1)).toISOString().replace('T', ' ').replace('Z', ''),
  });

  it('says what each channel has, and counts a case that waits at two of them once', async () => {
    Object.assign(world.channel('intake'), { waiting: '2', unsettled: '1' });
    Object.assign(world.channel('payer'), { waiting: '1', unsettled: null });
    await stores.clickhouse.insertRows('tap_messages', [copy('intake', 'case-1', 0), copy('intake', 'case-2', 1), copy('intake', 'case-3', 2), copy('payer', 'case-1', 0)]);
    const { plan } = await planned({ kind: 'pause' });
    expect(plan).toMatchObject({
      extent: { messages: '3', cases: 3, money: [{ amount: '30.00', currency: 'USD' }] }, possibleDuplicates: { messages: '1', cases: 1, money: [{ amount: '10.00', currency: 'USD' }] },
      dimensions: { facilities: ['north'], payers: ['aetna'] }, approval: { needed: 'none' }, locks: [],
    });
    expect(plan.parts?.map(({ position, hopId, extent, possibleDuplicates }) => [position, hopId, extent.messages, extent.cases, possibleDuplicates?.messages ?? null])).toEqual([[1, 'intake', '2', 3, '1'], [2, 'posting', '0', 0, null], [3, 'payer', '1', 1, null]]);
  });

  it('is locked as soon as one channel is, and no other plan passes for it', async () => {
    world.channel('posting').locks = [{ code: 'no-gate', sentence: 'The table has no gate.' }];
    const { id, planHash } = await planned({ kind: 'pause' });
    await expect(confirmOperation(context(), { id, planHash, reason: 'test' })).rejects.toThrow(/The lever is locked: posting: The table has no gate\./);
    world.channel('posting').locks = [];
    const free = await planned({ kind: 'pause' });
    await expect(confirmOperation(context(), { id: free.id, planHash, reason: 'test' })).rejects.toThrow(/another one than the one you read/);
    const row = await loadOperation(stores.db, free.id);
    await confirmOperation(context(), { id: free.id, planHash: free.planHash, reason: 'test' });
    const stored = row.plan as { parts: { act: { action: unknown } }[] };
    stored.parts[2]!.act.action = { on: 'elsewhere' };
    await stores.db.update(schema.operations).set({ plan: stored }).where(eq(schema.operations.id, free.id));
    await life(free.id);
    expect(await loadOperation(stores.db, free.id)).toMatchObject({ state: 'failed', summary: expect.stringMatching(/its hash differs/) as string });
    expect(world.acts).toEqual([]);
  });
});

it('leaves an unbroken audit trail behind, with every step in it', async () => {
  expect(await verifyAudit({ ...stores, actor: { kind: 'system', name: 'test' }, now: () => new Date() })).toMatchObject({ state: 'intact' });
  const steps = await stores.db.query.auditEvents.findMany({ where: (row, { eq: is }) => is(row.action, 'operation.step') });
  expect(new Set(steps.map(({ after }) => (after as { state: string }).state))).toEqual(new Set(['running', 'verifying', 'held', 'undoing', 'undone', 'left', 'failed', 'released']));
});
