import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { uuidv7 } from '@/server/domain/ids';
import type { Person } from '@/server/domain/roles/actor';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { confirmOperation } from '../operations/confirm-operation';
import { requestOperation } from '../operations/request-operation';
import { approveOperation } from '../operations/approve-operation';
import { item, leverFlow, person, pauseRequest, planIt, replayRequest } from '../operations/testing/planned-operations';
import { plantContracts } from '../testing/planted';
import type { ServiceContext } from '../service-context';
import { acknowledgeNotice } from './acknowledge-notice';
import { resendDelivery } from './channels/resend-delivery';
import { evaluateNotices } from './evaluate-notices';
import { forgetNotices, NOTICES_KEPT_DAYS } from './forget-notices';
import { raiseHoldNotice } from './raise-notice';

let postgres: TestPostgres;
let connection: PostgresConnection;
let now = new Date('2026-11-27T12:00:00Z');
const later = (minutes: number) => { now = new Date(now.getTime() + minutes * 60_000); };
const as = (actor: ServiceContext['actor']): ServiceContext => ({ db: connection.db, clickhouse: undefined as never, actor, now: () => now });

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
  await plantContracts(connection.db, [leverFlow()]);
});
afterAll(async () => {
  await connection.close();
  await postgres.drop();
});
beforeEach(async () => {
  const { noticeDeliveries, notices, channelLocks, holds, operationEvents, operationItems, operations } = schema;
  for (const table of [noticeDeliveries, notices, channelLocks, operationEvents, operationItems, holds, operations]) await connection.db.delete(table);
});

const ada = person('ada', ['engineer', 'approver']);
const open = async () => (await connection.db.select().from(schema.notices)).filter(({ endedAt }) => endedAt === null);
const openReasons = async () => (await open()).map(({ reason }) => reason).toSorted();

async function waitingReplay(asker: Person): Promise<{ id: string; planHash: string }> {
  const request = replayRequest(now);
  await requestOperation(as(asker), request);
  const planHash = await planIt(connection.db, request.id, now, { items: [item('a'), item('b')] });
  await confirmOperation(as(asker), { id: request.id, planHash, reason: 'the fault is repaired' });
  return { id: request.id, planHash };
}

/** A hold in place, as a collector would have left it. */
async function plantHold(told: Partial<typeof schema.holds.$inferInsert> = {}) {
  const request = pauseRequest(now);
  await requestOperation(as(ada), request);
  const [row] = await connection.db.insert(schema.holds).values({
    id: uuidv7(), kind: 'pause', flowId: 'charges', hopId: 'outbox', sourceId: 'broker', channelId: 'queue', method: 'park', state: 'held', observation: 'Nothing passes.',
    openedBy: request.id, owner: 'user:ada@hospital.example', ownerUser: ada.id, reviewBy: new Date(now.getTime() + 3_600_000), requestedAt: now, verifiedAt: now, ...told,
  }).returning();
  return row!;
}

describe('an approval that is waited for', () => {
  test('is told once, however often and by however many processes it is looked at, and ends when it is decided', async () => {
    const { id, planHash } = await waitingReplay(ada);
    await Promise.all([1, 2, 3, 4].map(() => evaluateNotices(connection.db, now)));
    const [notice] = await open();
    expect(await open()).toHaveLength(1);
    expect(notice).toMatchObject({ reason: 'approval-waiting', operationId: id, exceptUser: ada.id, level: 0, facilities: ['mh110'], payers: ['aetna'] });
    expect(notice?.sentence).toContain('The replay of Flow charges (2 messages of 2 cases, 20.00 USD) waits for a second person');

    await approveOperation(as(person('grace', ['approver'])), { id, planHash });
    await evaluateNotices(connection.db, now);
    expect(await open()).toEqual([]);
  });

  test('escalates with the clock, also over an outage of ours, is told again before it ends, and says so when it has', async () => {
    const { id } = await waitingReplay(ada);
    await evaluateNotices(connection.db, now);
    later(14);
    await evaluateNotices(connection.db, now);
    expect((await open())[0]).toMatchObject({ level: 0 });
    later(7);
    await Promise.all([evaluateNotices(connection.db, now), evaluateNotices(connection.db, now)]);
    expect(await open()).toHaveLength(2);
    expect(await open()).toEqual(expect.arrayContaining([expect.objectContaining({ reason: 'approval-waiting', level: 1, escalateAt: null }), expect.objectContaining({ reason: 'approval-expiring', level: 1 })]));
    later(10);
    await connection.db.update(schema.operations).set({ state: 'failed', finishedAt: now, summary: 'Nobody approved it in time.' }).where(eq(schema.operations.id, id));
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual(['approval-expired']);
  });
});

describe('a hold', () => {
  test('is told of when it leaks, ends when it holds again, and is told of anew when it leaks anew', async () => {
    const hold = await plantHold({ state: 'leaking' });
    const leak = () => connection.db.insert(schema.operationEvents).values({ id: uuidv7(), operationId: hold.openedBy, holdId: hold.id, at: now, by: 'system:collectors', kind: 'leaking', sentence: 'Messages pass.' });
    const verified = (state: string) => connection.db.update(schema.holds).set({ state, verifiedAt: now }).where(eq(schema.holds.id, hold.id));
    await leak();
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual([]);
    later(0.5);
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual(['hold-leaking']);
    await verified('held');
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual([]);
    later(1);
    await verified('leaking');
    await leak();
    later(0.5);
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual(['hold-leaking']);
    expect(await connection.db.select().from(schema.notices)).toHaveLength(2);
  });

  test('whose review is moved is not told of for the former one', async () => {
    const hold = await plantHold({ reviewBy: new Date(now.getTime() + 10 * 60_000) });
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual(['hold-review-soon']);
    later(11);
    await connection.db.update(schema.holds).set({ verifiedAt: now }).where(eq(schema.holds.id, hold.id));
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual(['hold-review-overdue']);
    await connection.db.update(schema.holds).set({ reviewBy: new Date(now.getTime() + 3_600_000) }).where(eq(schema.holds.id, hold.id));
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toEqual([]);
  });

  test('can be paged about by a verb, in its transaction or not at all, until it is over', async () => {
    const hold = await plantHold({ kind: 'reroute', state: 'expiring' });
    const page = { reason: 'reroute-not-restored' as const, occasion: '2026', flowName: 'Charges', sentence: 'The primary did not pass its probe.' };
    await expect(connection.db.transaction(async (tx) => {
      await raiseHoldNotice(tx, hold, page, now);
      throw new Error('the change failed');
    })).rejects.toThrow('the change failed');
    expect(await open()).toEqual([]);
    expect(await connection.db.transaction((tx) => raiseHoldNotice(tx, hold, page, now))).toBe(true);
    expect(await connection.db.transaction((tx) => raiseHoldNotice(tx, hold, page, now))).toBe(false);
    later(1);
    await evaluateNotices(connection.db, now);
    expect(await openReasons()).toContain('reroute-not-restored');
    await connection.db.update(schema.holds).set({ state: 'restored', overAt: now }).where(eq(schema.holds.id, hold.id));
    await evaluateNotices(connection.db, now);
    expect(await open()).toEqual([]);
  });
});

describe('what is sent of a notice', () => {
  const { noticeChannels, noticeDeliveries, notices } = schema;
  const deliveries = async () => (await connection.db.select().from(noticeDeliveries)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const sequences = async () => (await deliveries()).map(({ event, payload }) => [event, (payload as { notice: { sequence: number } }).notice.sequence]);
  async function plantChannel() {
    const [row] = await connection.db.insert(noticeChannels).values({ id: uuidv7(), name: `pager ${uuidv7()}`, url: 'https://pager.internal', secret: 'sealed', createdBy: 'system:test', createdAt: now, updatedBy: 'system:test', updatedAt: now }).returning();
    return row!;
  }

  test('is numbered in the order in which it happened, for every channel alike', async () => {
    const channels = [await plantChannel(), await plantChannel()];
    const hold = await plantHold({ reviewBy: new Date(now.getTime() - 60_000) });
    await evaluateNotices(connection.db, now);
    later(11);
    await connection.db.update(schema.holds).set({ verifiedAt: now }).where(eq(schema.holds.id, hold.id));
    await evaluateNotices(connection.db, now);
    later(1);
    const [notice] = await open();
    await acknowledgeNotice(as(ada), { noticeId: notice!.id });
    await connection.db.update(schema.holds).set({ state: 'released', overAt: now }).where(eq(schema.holds.id, hold.id));
    await evaluateNotices(connection.db, now);
    const told = [['raised', 1], ['escalated', 2], ['acknowledged', 3], ['ended', 4]];
    expect((await sequences()).toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual(told.flatMap((one) => channels.map(() => one)));
    for (const channel of channels) await connection.db.update(noticeChannels).set({ removedAt: now }).where(eq(noticeChannels.id, channel.id));
  });

  test('is sent again when it failed, on record, and not when it was taken or its channel is off', async () => {
    const channel = await plantChannel();
    await plantHold({ reviewBy: new Date(now.getTime() - 60_000) });
    await evaluateNotices(connection.db, now);
    const [delivery] = await deliveries();
    const set = (change: Partial<typeof noticeDeliveries.$inferInsert>) => connection.db.update(noticeDeliveries).set(change).where(eq(noticeDeliveries.id, delivery!.id));
    await set({ state: 'given-up', attempts: 40, lastError: 'It answered 500.' });
    later(60);
    const admin = person('admin', ['admin']);
    await expect(resendDelivery(as(ada), { deliveryId: delivery!.id })).rejects.toThrow('settings:manage');
    expect((await deliveries())[0]).toMatchObject({ state: 'given-up' });
    await resendDelivery(as(admin), { deliveryId: delivery!.id });
    expect((await deliveries())[0]).toMatchObject({ id: delivery!.id, state: 'waiting', attempts: 40, nextAt: now, payload: delivery!.payload });
    expect(await connection.db.query.auditEvents.findFirst({ where: (row, { and: both, eq: is }) => both(is(row.action, 'notices.delivery-resend'), is(row.outcome, 'done')) })).toMatchObject({ subject: `delivery:${delivery!.id}`, actor: 'user:admin@hospital.example' });
    await set({ state: 'delivered', deliveredAt: now });
    await expect(resendDelivery(as(admin), { deliveryId: delivery!.id })).rejects.toThrow('has taken it meanwhile');
    await set({ state: 'given-up' });
    await connection.db.update(noticeChannels).set({ enabled: false }).where(eq(noticeChannels.id, channel.id));
    await expect(resendDelivery(as(admin), { deliveryId: delivery!.id })).rejects.toThrow('is switched off');
    expect((await deliveries())[0]).toMatchObject({ state: 'given-up' });
  });

  test('is forgotten with it when it has been over for long, and nothing of what is open or waits', async () => {
    await plantChannel();
    await plantHold({ reviewBy: new Date(now.getTime() - 60_000) });
    await plantHold({ channelId: 'other', reviewBy: new Date(now.getTime() - 120_000) });
    await evaluateNotices(connection.db, now);
    const [first, second] = await open();
    await connection.db.update(notices).set({ endedAt: now }).where(eq(notices.id, first!.id));
    await connection.db.update(noticeDeliveries).set({ state: 'delivered' });
    later(NOTICES_KEPT_DAYS * 24 * 60);
    expect(await forgetNotices(connection.db, now)).toBe(0);
    later(1);
    await connection.db.update(noticeDeliveries).set({ state: 'waiting' }).where(eq(noticeDeliveries.noticeId, first!.id));
    expect(await forgetNotices(connection.db, now)).toBe(0);
    await connection.db.update(noticeDeliveries).set({ state: 'given-up' }).where(eq(noticeDeliveries.noticeId, first!.id));
    expect(await forgetNotices(connection.db, now)).toBe(1);
    expect((await connection.db.select().from(notices)).map(({ id }) => id)).toEqual([second!.id]);
    expect((await deliveries()).map(({ noticeId }) => noticeId)).toEqual([second!.id]);
  });
});
