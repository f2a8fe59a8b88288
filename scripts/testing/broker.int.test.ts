import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectAmqp } from './amqp';
import { processStartTime } from '../engines/process-identity.mjs';
import { startTestBroker, type BrokerUser, type TestBroker } from './broker';

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});

afterAll(() => broker.stop());

async function ask(path: string, { user, password }: BrokerUser = broker.admin): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return fetch(`${broker.managementUrl}/api/${path}`, { headers: { authorization } });
}

async function alarms(): Promise<{ mem_alarm: boolean; disk_free_alarm: boolean }[]> {
  return (await (await ask('nodes?columns=mem_alarm,disk_free_alarm')).json()) as { mem_alarm: boolean; disk_free_alarm: boolean }[];
}

test('there is no guest, and a user has exactly the permissions it was given', async () => {
  expect((await ask('overview', { user: 'guest', password: 'guest' })).status).toBe(401);
  const vhost = await broker.createVhost();
  const user = await broker.createUser({ permissions: { vhost, configure: '^mine$', write: '^mine$', read: '^mine$' } });
  const connection = await connectAmqp(broker.amqpUrl(user, vhost));
  // The broker closes the channel that did what it may not.
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  await channel.assertQueue('mine');
  await expect(channel.assertQueue('other')).rejects.toThrow(/ACCESS_REFUSED/);
  await connection.close();
});

test('a restart keeps ports, users and durable queues', async () => {
  const vhost = await broker.createVhost();
  const before = await connectAmqp(broker.amqpUrl(undefined, vhost));
  before.on('error', () => undefined);
  const closed = new Promise((resolve) => before.once('close', resolve));
  await (await before.createChannel()).assertQueue('work', { durable: true });
  await broker.restart();
  await closed;
  const after = await connectAmqp(broker.amqpUrl(undefined, vhost));
  expect(await (await after.createChannel()).checkQueue('work')).toMatchObject({ queue: 'work', messageCount: 0 });
  await after.close();
});

test('alarms go on and off, and so does the management plugin', async () => {
  await broker.setMemoryAlarm(true);
  await vi.waitFor(async () => expect(await alarms()).toMatchObject([{ mem_alarm: true }]), { timeout: 20_000, interval: 250 });
  await broker.setMemoryAlarm(false);
  await broker.setDiskAlarm(true);
  await vi.waitFor(async () => expect(await alarms()).toMatchObject([{ mem_alarm: false, disk_free_alarm: true }]), { timeout: 20_000, interval: 250 });
  await broker.setDiskAlarm(false);
  await broker.setPlugin('rabbitmq_management', false);
  await expect(ask('overview')).rejects.toThrow(/fetch failed/);
  await broker.setPlugin('rabbitmq_management', true);
  await vi.waitFor(async () => expect((await ask('overview')).status).toBe(200), { timeout: 20_000, interval: 250 });
});

test('nothing is left of a stopped broker', async () => {
  const second = await startTestBroker();
  const pid = Number(/\d+/.exec(await second.ctl('eval', 'os:getpid().'))?.[0]);
  expect(processStartTime(pid)).toBeDefined();
  await second.stop();
  expect(processStartTime(pid)).toBeUndefined();
  await expect(fetch(second.managementUrl)).rejects.toThrow(/fetch failed/);
});
