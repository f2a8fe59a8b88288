/** What collectors write: plans, journals and holds, under fences. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { operationPlan } from '@/server/domain/operations/plan';
import { operationRequest } from '@/server/domain/operations/request';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import { plantContracts } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { schema } from '@/server/store/postgres';
import { confirmInEmergency, confirmOperation } from '../confirm-operation';
import { loadHold, loadOperation } from '../operation-rows';
import { requestOperation } from '../request-operation';
import { stopOperation } from '../stop-operation';
import { item, leverFlow, pauseRequest, person, planIt, replayRequest } from '../testing/planned-operations';
import { earlierOutcomes } from './earlier-outcomes';
import { remindOfReviews } from './expire';
import { OperationFenceLost, raiseFence } from './fenced';
import { addItems, claimItems, openItems, settleItems } from './item-journal';
import { measureHold } from './measure-hold';
import { beginOperation, changeState, rememberRecord, showProgress } from './run-operation';
import { actionableOperations, openHolds } from './work-to-do';

let postgres: TestPostgres;
let engine: TestClickHouse;
let stores: TestStores;
const engineer = person('engineer', ['engineer']);
const now = new Date();

beforeAll(async () => {
  [postgres, engine] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: engine.writerUrl });
  await plantContracts(stores.db, ['charges', ...'abcdefghij'].map((id) => leverFlow(id)));
});
afterAll(async () => {
  await stores.close();
  await postgres.drop();
  await engine.drop();
});

const context = () => ({ ...stores, actor: engineer, now: () => now });

/** A replay that runs, worked on under fence 10. */
async function running(flowId: string, count: number): Promise<{ id: string; fence: bigint; keys: string[] }> {
  const { id } = await requestOperation(context(), { ...replayRequest(now), flowId });
  const keys = Array.from({ length: count }, (_, index) => `m${index}`);
  const planHash = await planIt(stores.db, id, now, { items: keys.map((key) => item(key)) });
  await confirmInEmergency(context(), { id, planHash, reason: 'test' });
  await raiseFence(stores.db, id, 10n);
  const row = await loadOperation(stores.db, id);
  await beginOperation(stores.db, { id, fence: 10n }, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
  return { id, fence: 10n, keys };
}

describe('the journal', () => {
  it('claims each item once, and at most 200 at a time', async () => {
    const operation = await running('a', 450);
    const [first, second] = await Promise.all([claimItems(stores.db, operation, operation.keys), claimItems(stores.db, operation, operation.keys)]);
    expect(first.size + second.size).toBe(200);
    expect([...first].filter((key) => second.has(key))).toEqual([]);
    await settleItems(stores.db, operation, 'sent', operation.keys.slice(0, 200).map((itemKey) => ({ itemKey })), now);
    expect((await claimItems(stores.db, operation, operation.keys)).size).toBe(200);
    expect((await openItems(stores.db, operation.id)).map(({ state }) => state)).toEqual([...Array.from({ length: 200 }, () => 'sent'), ...Array.from({ length: 200 }, () => 'sending'), ...Array.from({ length: 50 }, () => 'pending')]);
  });

  it('lets two who claim different items at once have no more than 200 together', async () => {
    const operation = await running('g', 400);
    const [first, second] = await Promise.all([claimItems(stores.db, operation, operation.keys.slice(0, 200)), claimItems(stores.db, operation, operation.keys.slice(200))]);
    expect(first.size + second.size).toBe(200);
  });

  it('takes up the next batch in the write that settles the one before, and no more than fits beside what is still in the air', async () => {
    const operation = await running('i', 450);
    await claimItems(stores.db, operation, operation.keys.slice(0, 200));
    const next = await claimItems(stores.db, operation, operation.keys.slice(200), { sent: operation.keys.slice(50, 200), now });
    expect([...next].toSorted()).toEqual(operation.keys.slice(200, 350).toSorted());
    const states = (await openItems(stores.db, operation.id)).map(({ state, sentAt }) => `${state} ${sentAt === null ? '' : 'at'}`);
    expect(states).toEqual([...Array.from({ length: 50 }, () => 'sending '), ...Array.from({ length: 150 }, () => 'sent at'), ...Array.from({ length: 150 }, () => 'sending '), ...Array.from({ length: 100 }, () => 'pending ')]);
  });

  it.each([
    ['settle', 'h', (operation: { id: string; fence: bigint }) => settleItems(stores.db, operation, 'sent', [{ itemKey: 'm0' }], now)],
    ['claim', 'j', (operation: { id: string; fence: bigint }) => claimItems(stores.db, operation, ['m2'])],
  ] as const)('writes nothing for one who was overtaken while it waited to %s', async (_, name, write) => {
    const operation = await running(name, 3);
    await claimItems(stores.db, operation, ['m0', 'm1']);
    let late: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await stores.db.transaction(async (tx) => {
      await tx.update(schema.operations).set({ fence: 11n }).where(eq(schema.operations.id, operation.id));
      late = Promise.allSettled([write(operation)]);
      await vi.waitFor(async () => {
        const { rows } = await stores.db.execute<{ waiting: number }>(sql`SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
        expect(rows[0]!.waiting).toBe(1);
      }, 30_000);
    });
    expect(await late).toMatchObject([{ reason: expect.any(OperationFenceLost) as Error }]);
    expect((await openItems(stores.db, operation.id)).map(({ state }) => state)).toEqual(['sending', 'sending', 'pending']);
  });

  it('never turns back what was settled', async () => {
    const operation = await running('b', 3);
    await claimItems(stores.db, operation, operation.keys);
    await settleItems(stores.db, operation, 'sent', [{ itemKey: 'm0' }], now);
    await settleItems(stores.db, operation, 'confirmed', [{ itemKey: 'm0', note: 'Seen.' }], now);
    expect(await settleItems(stores.db, operation, 'pending', [{ itemKey: 'm0' }, { itemKey: 'm1' }], now)).toBe(1);
    expect(await settleItems(stores.db, operation, 'unknown', [{ itemKey: 'm0' }, { itemKey: 'm2' }], now)).toBe(1);
  });

  it('adds what is found on the way behind what is there, each once', async () => {
    const operation = await running('c', 2);
    await addItems(stores.db, operation, [item('m1'), item('new')]);
    await addItems(stores.db, operation, [item('new')]);
    expect((await openItems(stores.db, operation.id)).map(({ itemKey, position }) => [itemKey, position])).toEqual([['m0', 1], ['m1', 2], ['new', 3]]);
  });

  it('is closed to whoever has lost the operation, at every verb', async () => {
    const operation = await running('d', 2);
    await raiseFence(stores.db, operation.id, 11n);
    await expect(claimItems(stores.db, operation, operation.keys)).rejects.toThrow(OperationFenceLost);
    await expect(settleItems(stores.db, operation, 'sent', [{ itemKey: 'm0' }], now)).rejects.toThrow(OperationFenceLost);
    await expect(addItems(stores.db, operation, [item('x')])).rejects.toThrow(OperationFenceLost);
    await expect(rememberRecord(stores.db, operation, {})).rejects.toThrow(OperationFenceLost);
    await expect(showProgress(stores.db, operation, { sentence: 'late' }, now)).rejects.toThrow(OperationFenceLost);
    await expect(changeState(stores.db, operation, 'done', { sentence: 'late', now })).rejects.toThrow(OperationFenceLost);
    expect(await loadOperation(stores.db, operation.id)).toMatchObject({ state: 'running', summary: 'Running.' });
    expect(await raiseFence(stores.db, operation.id, 11n)).toBeNull();
  });

  it('says where an earlier replay left an item, so that unknown is not replayed blindly', async () => {
    const operation = await running('e', 3);
    await claimItems(stores.db, operation, ['m0', 'm1']);
    await settleItems(stores.db, operation, 'unknown', [{ itemKey: 'm0' }], now);
    const asked = { channelId: (await loadOperation(stores.db, operation.id)).channelId, operationId: pauseRequest(now).id, itemKeys: ['m0', 'm1', 'm2', 'other'] };
    const open = await earlierOutcomes(stores.db, asked);
    expect(Object.fromEntries(open)).toMatchObject({ m0: { state: 'unknown', isOpen: false }, m1: { state: 'sending', isOpen: true }, m2: { state: 'pending', isOpen: true } });
    await changeState(stores.db, operation, 'failed', { sentence: 'over', now });
    const over = await earlierOutcomes(stores.db, asked);
    expect(Object.fromEntries(over)).toMatchObject({ m0: { state: 'unknown', isOpen: false }, m1: { state: 'sending', isOpen: false } });
    expect(over.size).toBe(2);
  });
});

describe('a hold', () => {
  it('stands in the list before anything is done, is measured, reminded of, and ended', async () => {
    const { id } = await requestOperation(context(), pauseRequest(now));
    const planHash = await planIt(stores.db, id, now);
    await confirmOperation(context(), { id, planHash, reason: 'test' });
    expect((await actionableOperations(stores.db, now, 100)).map((row) => row.id)).toContain(id);
    await raiseFence(stores.db, id, 10n);
    const operation = { id, fence: 10n };
    const row = await loadOperation(stores.db, id);
    await beginOperation(stores.db, operation, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
    await rememberRecord(stores.db, operation, { formerLimit: null });
    expect(await loadHold(stores.db, row.holdId!)).toMatchObject({ state: 'requested', record: { action: {}, notes: { formerLimit: null } }, owner: 'user:engineer@hospital.example' });
    await changeState(stores.db, operation, 'verifying', { sentence: 'In place.', now, hold: { state: 'draining', observation: 'In place.' } });
    const look = { figures: { waiting: '3' }, outsideActs: [] };
    await measureHold(stores.db, { id: row.holdId!, state: 'draining' }, { ...look, state: 'held', observation: 'Nothing passes.' }, now);
    await measureHold(stores.db, { id: row.holdId!, state: 'draining' }, { ...look, state: 'leaking', observation: 'too late' }, now);
    await measureHold(stores.db, { id: row.holdId!, state: 'held' }, { ...look, state: null, observation: 'The broker is away.' }, new Date(now.getTime() + 1_000));
    expect(await loadHold(stores.db, row.holdId!)).toMatchObject({ state: 'held', heldAt: now, verifiedAt: now, observation: 'The broker is away.', figures: { waiting: '3' } });
    await measureHold(stores.db, { id: row.holdId!, state: 'held' }, { ...look, state: 'leaking', observation: 'The binding is back.', outsideActs: ['Somebody bound the queue.'] }, now);
    await measureHold(stores.db, { id: row.holdId!, state: 'leaking' }, { ...look, state: 'leaking', observation: 'The binding is back.', outsideActs: ['Somebody bound the queue.'] }, now);
    const due = new Date(now.getTime() + 3 * 3_600_000);
    await remindOfReviews(stores.db, due);
    await remindOfReviews(stores.db, due);
    const events = await stores.db.query.operationEvents.findMany({ where: (event, { eq: is }) => is(event.operationId, id) });
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(['approved', 'draft', 'held', 'leaking', 'outside-act', 'planned', 'review-due', 'running', 'verifying']);
    expect((await openHolds(stores.db)).map((hold) => hold.id)).toEqual([row.holdId]);
    await changeState(stores.db, operation, 'done', { sentence: 'Released.', now, hold: { state: 'released', observation: 'Released.' } });
    expect(await openHolds(stores.db)).toEqual([]);
  });
});

it('counts what disappears of what a hold parked, and not what an operation of ours may have moved', async () => {
  const { id } = await requestOperation(context(), pauseRequest(now));
  await confirmOperation(context(), { id, planHash: await planIt(stores.db, id, now), reason: 'test' });
  await raiseFence(stores.db, id, 10n);
  const operation = { id, fence: 10n };
  const row = await loadOperation(stores.db, id);
  const holdId = row.holdId!;
  await beginOperation(stores.db, operation, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
  await changeState(stores.db, operation, 'verifying', { sentence: 'In place.', now, hold: { state: 'held', observation: 'In place.' } });
  const look = (parked: number, seconds: number) => measureHold(stores.db, { id: holdId, state: 'held' }, { state: 'held', observation: 'Nothing passes.', figures: { parked: String(parked) }, outsideActs: [] }, new Date(now.getTime() + seconds * 1_000));
  const acts = async () => [(await loadHold(stores.db, holdId)).outsideActs, (await stores.db.query.operationEvents.findMany({ where: (event, { eq: is }) => is(event.operationId, id) })).filter(({ kind }) => kind === 'outside-act').length];
  await look(412, 1);
  await look(400, 2);
  await changeState(stores.db, operation, 'done', { sentence: 'Held.', now: new Date(now.getTime() + 3_000) });
  await look(399, 4);
  expect(await acts()).toEqual([[], 0]);
  await look(399, 20);
  await look(0, 21);
  expect(await acts()).toEqual([[expect.stringMatching(/^At least 399 parked messages disappeared, not by Signalbox/)], 1]);
  await look(5, 22);
  await look(4, 23);
  expect(await acts()).toEqual([[expect.stringMatching(/^At least 400 parked messages disappeared/)], 1]);
  expect(await loadHold(stores.db, holdId)).toMatchObject({ state: 'held', figures: { parked: '4', disappeared: '400' }, observation: expect.stringContaining('At least 400 parked messages') as string });
  await stores.db.update(schema.holds).set({ state: 'released' }).where(eq(schema.holds.id, holdId));
});

it('stops what runs by a mark that its collector finds', async () => {
  const operation = await running('f', 1);
  await stopOperation(context(), { id: operation.id, reason: 'wrong one' });
  expect(await loadOperation(stores.db, operation.id)).toMatchObject({ state: 'running', stopRequestedBy: 'user:engineer@hospital.example' });
});

it('leaves an unbroken audit trail behind', async () => {
  expect(await verifyAudit({ ...stores, actor: { kind: 'system', name: 'test' }, now: () => now })).toMatchObject({ state: 'intact' });
});
