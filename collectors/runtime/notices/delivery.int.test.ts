import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { uuidv7 } from '@/server/domain/ids';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import { acknowledgeNotice } from '@/server/services/notices/acknowledge-notice';
import { createChannel } from '@/server/services/notices/channels/create-channel';
import { listChannels } from '@/server/services/notices/channels/list-channels';
import { removeChannel } from '@/server/services/notices/channels/remove-channel';
import { renewChannelSecret } from '@/server/services/notices/channels/renew-channel-secret';
import { testChannel } from '@/server/services/notices/channels/test-channel';
import { updateChannel } from '@/server/services/notices/channels/update-channel';
import { evaluateNotices } from '@/server/services/notices/evaluate-notices';
import { failingChannels } from '@/server/services/notices/failing-channels';
import { listNotices } from '@/server/services/notices/list-notices';
import { raiseNotice } from '@/server/services/notices/raise-notice';
import { person } from '@/server/services/operations/testing/planned-operations';
import type { ServiceContext } from '@/server/services/service-context';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { createLogger } from '../logger';
import { deliverNotices } from './deliver';
import { startNotices } from './index';
import { startReceiver, type Receiver } from './testing/receiver';

let postgres: TestPostgres;
let connection: PostgresConnection;
let receiver: Receiver;
let now = new Date('2026-11-27T12:00:00Z');
const later = (seconds: number) => { now = new Date(now.getTime() + seconds * 1_000); };
const box = createSecretBox(randomBytes(32));
const never = new AbortController().signal;
const ada = person('ada', ['engineer']);
const grace = person('grace', ['engineer']);
const admin = person('root', ['admin']);
const as = (actor: ServiceContext['actor']) => ({ db: connection.db, clickhouse: undefined as never, actor, now: () => now, box });

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
});
afterAll(async () => {
  await connection.close();
  await postgres.drop();
});
beforeEach(async () => {
  for (const table of [schema.noticeDeliveries, schema.notices, schema.noticeChannels]) await connection.db.delete(table);
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const pass = (told: { timeoutMs?: number; box?: typeof box } = {}) => deliverNotices({ db: connection.db, box, now: () => now, signal: never, ...told });
const deliveries = async () => (await connection.db.select().from(schema.noticeDeliveries)).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
const events = () => receiver.received.map(({ body }) => (JSON.parse(body) as { event: string }).event);
const channel = (told: { sends?: 'all' | 'escalated'; url?: string; name?: string } = {}) => createChannel(as(admin), { name: 'pager', url: receiver.url, ...told });

/** A failed operation of Ada's, as the evaluator would tell of it. */
async function raised(): Promise<string> {
  await connection.db.transaction((tx) => raiseNotice(tx, {
    reason: 'reroute-not-restored', occasion: uuidv7(), flowId: 'charges', flowName: 'Charges', operationId: uuidv7(), holdId: null, owner: 'user:ada@hospital.example', ownerUser: ada.id, exceptUser: null,
    reach: { facilities: null, payers: null }, sentence: 'The primary did not pass its probe.', facts: { messages: '12', cases: 10, money: [{ amount: '3400.00', currency: 'USD' }], dueAt: null },
  }, now));
  const [row] = (await connection.db.select().from(schema.notices)).toReversed();
  return row!.id;
}

describe('a delivery', () => {
  test('arrives once, signed over time and body, and says what happened in the documented form', async () => {
    const { secret } = await channel();
    const id = await raised();
    await Promise.all([pass(), pass(), pass(), pass()]);
    expect(receiver.received).toHaveLength(1);
    const [{ signature, body, delivery, contentType }] = receiver.received as [Receiver['received'][number]];
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(seconds).toBe(String(now.getTime() / 1_000));
    expect(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')).toBe(mac);
    expect(contentType).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      format: 1, delivery, event: 'raised', at: now.toISOString(),
      notice: {
        id, sequence: 1, reason: 'reroute-not-restored', title: 'A reroute could not be restored', sentence: 'The primary did not pass its probe.', level: 0, told: ['owner'], flow: { id: 'charges', name: 'Charges' },
        operation: expect.any(String), hold: null, path: expect.stringMatching(/^\/operations\//), owner: 'user:ada@hospital.example',
        facts: { messages: '12', cases: 10, money: [{ amount: '3400.00', currency: 'USD' }], dueAt: null }, raisedAt: now.toISOString(), acknowledgedBy: null, endedAt: null,
      },
    });
    await pass();
    expect(receiver.received).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 1, lastError: null }]);
  });

  test.each<[string, (receiver: Receiver) => void, RegExp]>([
    ['that answers 500', (one) => one.answers(500), /^127\.0\.0\.1:\d+ answered 500\.$/],
    ['that says nothing in time', (one) => one.answers('silence'), /^127\.0\.0\.1:\d+ did not answer within 0\.2 s\.$/],
    ['that redirects', (one) => one.answers(307), /answered 307, and redirects are not followed\.$/],
  ])('to a receiver %s is tried again later with the same id, and shown meanwhile', async (_, spoil, sentence) => {
    await channel();
    await raised();
    spoil(receiver);
    await pass({ timeoutMs: 200 });
    await pass({ timeoutMs: 200 });
    expect(await deliveries()).toMatchObject([{ state: 'waiting', attempts: 1, lastError: expect.stringMatching(sentence) }]);
    expect(await failingChannels(connection.db)).toEqual([{ name: 'pager', waiting: 1, lastError: expect.stringMatching(sentence) }]);
    expect((await listChannels(as(admin))).items).toMatchObject([{ waiting: 1, delivered: 0, failing: expect.stringMatching(sentence), recent: [{ event: 'raised', title: 'A reroute could not be restored', attempts: 1 }] }]);
    receiver.answers(200);
    later(5);
    await pass();
    expect(new Set(receiver.received.map(({ delivery }) => delivery)).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    expect(await failingChannels(connection.db)).toEqual([]);
  });

  test('waits for a receiver that is down, in order, and is given up after a day, counted and kept', async () => {
    await channel();
    await raised();
    later(1);
    await raised();
    const { url } = receiver;
    await receiver.stop();
    await pass();
    expect(await deliveries()).toMatchObject([{ attempts: 1, lastError: expect.stringContaining('could not be reached (ECONNREFUSED)') }, { attempts: 0 }]);
    receiver = await startReceiver(Number(new URL(url).port));
    later(10);
    await pass();
    expect(receiver.received.map(({ delivery }) => delivery)).toEqual((await deliveries()).map(({ id }) => id));

    await raised();
    receiver.answers(503);
    for (let tries = 0; tries < 200 && (await deliveries()).some(({ state }) => state === 'waiting'); tries++) {
      await pass();
      later(600);
    }
    expect((await deliveries()).at(-1)).toMatchObject({ state: 'given-up', lastError: expect.stringContaining('answered 503') });
    expect((await listChannels(as(admin))).items).toMatchObject([{ delivered: 2, givenUp: 1, waiting: 0 }]);
  });

  test('that was claimed by a collector which died is sent again with the same id', async () => {
    await channel();
    await raised();
    await connection.db.update(schema.noticeDeliveries).set({ attempts: 1, nextAt: new Date(now.getTime() + 60_000) });
    await pass();
    expect(receiver.received).toEqual([]);
    later(60);
    await pass();
    expect(receiver.received.map(({ delivery }) => delivery)).toEqual((await deliveries()).map(({ id }) => id));
  });

  test('to a channel whose secret cannot be opened says so', async () => {
    await channel();
    await raised();
    await pass({ box: createSecretBox(randomBytes(32)) });
    expect(receiver.received).toEqual([]);
    expect(await deliveries()).toMatchObject([{ state: 'waiting', lastError: expect.stringContaining('SIGNALBOX_SECRET is not the one') }]);
  });
});

describe('escalation and acknowledgement', () => {
  test('reach who is next by the clock; who acknowledges ends that, and every receiver hears of it', async () => {
    await channel();
    await channel({ name: 'night', sends: 'escalated' });
    const id = await raised();
    expect((await listNotices(as(ada))).unacknowledged).toBe(1);
    expect((await listNotices(as(grace))).items).toEqual([]);
    await expect(acknowledgeNotice(as(grace), { noticeId: id })).rejects.toThrow('was not found');
    later(120);
    await connection.db.update(schema.notices).set({ reason: 'hold-dropped' });
    await evaluateNotices(connection.db, now);
    expect((await listNotices(as(grace))).items).toMatchObject([{ id, told: ['owner', 'role'] }]);
    expect((await listNotices(as(person('narrow', ['engineer'], { facilities: ['north'], payers: null })))).items).toEqual([]);
    expect((await listNotices(as(admin))).items).toEqual([]);
    await acknowledgeNotice(as(grace), { noticeId: id });
    await acknowledgeNotice(as(ada), { noticeId: id });
    later(3_600);
    await evaluateNotices(connection.db, now);
    expect((await listNotices(as(admin))).items).toEqual([]);
    expect((await connection.db.select().from(schema.notices))[0]).toMatchObject({ level: 1, escalateAt: null, acknowledgedBy: 'user:grace@hospital.example', endedAt: now });
    await pass();
    expect(events().toSorted()).toEqual(['acknowledged', 'acknowledged', 'ended', 'ended', 'escalated', 'escalated', 'raised']);
    const trail = await connection.db.query.auditEvents.findMany({ where: (row, { eq }) => eq(row.subject, `notice:${id}`), orderBy: (row, { asc }) => asc(row.seq) });
    expect(trail.map(({ action, actor, outcome }) => [action, actor, outcome])).toEqual([['notice.acknowledge', 'user:grace@hospital.example', 'refused'], ['notice.acknowledge', 'user:grace@hospital.example', 'done']]);
  });

  test('of machines: a token is told nothing and acknowledges nothing', async () => {
    const id = await raised();
    const token = { kind: 'token' as const, id: ada.id, name: 'ada', grants: ada.grants };
    expect((await listNotices(as(token))).items).toEqual([]);
    await expect(acknowledgeNotice(as(token), { noticeId: id })).rejects.toThrow('notices:acknowledge');
  });
});

describe('channels', () => {
  test('are made, tried, changed and removed, on record, with the secret shown once and stored sealed', async () => {
    const made = await channel({ url: `${receiver.url}/hook?key=hidden` });
    const { id } = made.channel;
    expect(JSON.stringify(await connection.db.select().from(schema.noticeChannels))).not.toContain(made.secret);
    await expect(channel()).rejects.toThrow('exists already');
    await expect(channel({ name: 'other', url: 'ftp://pager' })).rejects.toThrow('must be an address');
    await testChannel(as(admin), { channelId: id });
    await pass();
    expect(events()).toEqual(['test']);
    const renewed = await renewChannelSecret(as(admin), { channelId: id });
    expect(renewed.secret).not.toBe(made.secret);
    await expect(updateChannel(as(admin), { channelId: id, revision: 1, name: 'pager', url: receiver.url, enabled: true })).rejects.toThrow('was changed by user:root@hospital.example meanwhile');
    await raised();
    const off = await updateChannel(as(admin), { channelId: id, revision: 2, name: 'pager', url: receiver.url, enabled: false });
    expect(off).toMatchObject({ enabled: false, waiting: 0, givenUp: 1, revision: 3 });
    await raised();
    await expect(testChannel(as(admin), { channelId: id })).rejects.toThrow('is switched off');
    await pass();
    expect(events()).toEqual(['test']);
    await removeChannel(as(admin), { channelId: id });
    expect((await listChannels(as(admin))).items).toEqual([]);
    await expect(listChannels(as(ada))).rejects.toThrow('was not found');
    const trail = await connection.db.query.auditEvents.findMany({ where: (row, { eq }) => eq(row.subject, 'channel:pager'), orderBy: (row, { asc }) => asc(row.seq) });
    expect(trail.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(expect.arrayContaining(['create', 'test', 'renew-secret', 'update', 'remove'].map((verb) => `notices.channel-${verb} done`)));
    expect(trail.filter(({ outcome }) => outcome === 'refused')).toHaveLength(3);
    expect(JSON.stringify(trail, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(/hidden|sbn_/);
  });
});

test('two collectors with the role deliver once, and report themselves', async () => {
  await channel();
  const id = await raised();
  later(1);
  await acknowledgeNotice(as(ada), { noticeId: id });
  const logger = createLogger('test');
  const running = [1, 2].map(() => startNotices({ db: connection.db, box, logger, now: () => now }));
  try {
    await expect.poll(() => events(), { timeout: 20_000 }).toEqual(['raised', 'acknowledged']);
    const reported = () => connection.db.query.componentReports.findFirst({ where: (row, { eq }) => eq(row.component, 'notices') });
    await expect.poll(async () => (await reported())?.summary, { timeout: 20_000 }).toBe('Looking, and nothing waits to be sent again.');
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
  expect((await deliveries()).map(({ state, attempts }) => [state, attempts])).toEqual([['delivered', 1], ['delivered', 1]]);
});
