import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import { startTestBroker, type TestBroker } from '@/scripts/testing/broker';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import type { BacklogSample } from '@/server/domain/taps/facts';
import { startTcpProxy } from '../testing/tcp-proxy';
import { brokerSource, contractsOf, watchBroker, SOURCE_ID } from '../testing/watched-broker';

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  await broker?.stop();
});

const contracts = contractsOf([SOURCES, flowText({ channel: `{ source: ${SOURCE_ID}, kind: queue, name: work }` })].flatMap((text, index) => parseContractFile(`f${index}.yaml`, text).documents.map(({ body }) => body)));

async function withChannel(work: (channel: ConfirmChannel, connection: ChannelModel) => Promise<void>): Promise<void> {
  const connection = await connectAmqp(broker.amqpUrl());
  // Restarts and alarms end connections.
  connection.on('error', () => undefined);
  try {
    await work(await connection.createConfirmChannel(), connection);
  } finally {
    await connection.close().catch(() => undefined);
  }
}

async function publish(count: number): Promise<void> {
  await withChannel(async (channel) => {
    await channel.assertQueue('work', { durable: true });
    for (let index = 0; index < count; index++) channel.sendToQueue('work', Buffer.from('{}'), { persistent: true });
    await channel.waitForConfirms();
  });
}

const failedSample: Partial<BacklogSample> = { ok: false, waiting: null, inFlight: null, consumers: null, counters: null, bytes: null, oldestAgeMs: null };

describe('a broker in trouble', () => {
  it('that is restarted never makes a rate across the restart', async () => {
    await publish(50);
    const watched = watchBroker(brokerSource({ management: broker.managementUrl, observe: broker.admin }), contracts);
    await watched.until(({ of }) => of('work').counters?.entered === 50n);
    const history: BacklogSample[] = [];
    const watch = async () => {
      const { samples } = await watched.look();
      history.push(...samples);
    };
    await watch();
    await broker.restart();
    await publish(80);
    await watched.until(({ of }) => of('work').counters?.entered === 80n && (history.push(of('work')), true));
    const isNodeKnown = async () => {
      const { body } = await watched.poll.client.get('nodes?columns=uptime,os_pid', 'the nodes', new AbortController().signal);
      return typeof (body as { uptime?: unknown }[])[0]?.uptime === 'number';
    };
    await expect.poll(isNodeKnown, { timeout: 30_000 }).toBe(true);
    await watch();
    await publish(20);
    await watched.until(({ of }) => {
      history.push(of('work'));
      return of('work').counters?.entered === 100n;
    });
    const rates = history.slice(1).flatMap((sample, index) => {
      const [before, after] = [history[index]!.counters, sample.counters];
      return before && after && before.epoch === after.epoch ? [after.entered! - before.entered!] : [];
    });
    // 80 that came with the restart are in no rate; 20 that came afterwards are.
    expect(rates.reduce((sum, rate) => sum + rate, 0n)).toBe(20n);
    expect(rates.every((rate) => rate >= 0n)).toBe(true);
    await watched.poll.close();
  });

  it('that raises a memory alarm says so, counts the publishers it blocks, and gives the all-clear', async () => {
    await publish(1);
    const watched = watchBroker(brokerSource({ management: broker.managementUrl, observe: broker.admin }), contracts);
    expect((await watched.look()).source).toMatchObject({ alarms: [], blockedConnections: 0 });
    await broker.setMemoryAlarm(true);
    await withChannel(async (channel, connection) => {
      const blocked = new Promise<void>((resolve) => { connection.once('blocked', () => resolve()); });
      channel.sendToQueue('work', Buffer.from('{}'));
      await blocked;
      const source = await watched.until((seen) => (seen.source.blockedConnections ?? 0) > 0 && seen.source);
      expect(source).toMatchObject({ ok: true, alarms: [`memory:${broker.nodeName}`], blockedConnections: 1 });
      expect(watched.poll.surroundings.alarms.current()).toEqual([`memory:${broker.nodeName}`]);
      expect((await watched.look()).report).toMatchObject({ status: 'warning', summary: `Alarms in force: memory:${broker.nodeName}. The broker blocks connections that publish.` });
      await broker.setMemoryAlarm(false);
      const clear = await watched.until((seen) => seen.source.alarms.length === 0 && seen.source);
      expect(clear).toMatchObject({ blockedConnections: 0 });
      expect(watched.poll.surroundings.alarms.current()).toEqual([]);
    });
    await watched.poll.close();
  });

  it('that raises a disk alarm tells it also to a user without the tag monitoring', async () => {
    await broker.setDiskAlarm(true);
    const observer = await broker.createUser({ tags: ['management'], permissions: { vhost: '/', configure: '^$', write: '^$', read: '^$' } });
    for (const observe of [broker.admin, observer]) {
      const watched = watchBroker(brokerSource({ management: broker.managementUrl, observe }), contracts);
      expect(await watched.until(({ source }) => source.alarms.length > 0 && source.alarms)).toEqual([`disk:${broker.nodeName}`]);
      await watched.poll.close();
    }
    await broker.setDiskAlarm(false);
  });

  it('that revokes the credentials leaves failed samples, and is read again once they work', async () => {
    const observer = await broker.createUser({ tags: ['monitoring'], permissions: { vhost: '/', configure: '^$', write: '^$', read: '^$' } });
    const watched = watchBroker(brokerSource({ management: broker.managementUrl, observe: observer }), contracts);
    expect((await watched.look()).source.ok).toBe(true);
    await broker.put(['users', observer.user], { password: 'another', tags: 'monitoring' });
    const refused = await watched.look();
    expect(refused.samples).toMatchObject([{ ...failedSample, error: `${broker.managementUrl} refused the user or the password. Enter them again under Settings → Sources, and check that the user still exists on the broker.` }]);
    expect(refused.source).toMatchObject({ ok: false, blockedConnections: null });
    expect(refused.report.status).toBe('down');
    expect(JSON.stringify(refused, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(observer.user);
    await broker.put(['users', observer.user], { password: observer.password, tags: 'monitoring' });
    expect((await watched.look()).source.ok).toBe(true);
    await broker.put(['users', observer.user], { password: observer.password, tags: '' });
    expect((await watched.look()).source.error).toContain('set_user_tags <user> monitoring');
    await watched.poll.close();
  });

  it('whose management plugin is off leaves failed samples', async () => {
    const watched = watchBroker(brokerSource({ management: broker.managementUrl, observe: broker.admin }), contracts);
    await broker.setPlugin('rabbitmq_management', false);
    const seen = await watched.look();
    expect(seen.samples).toMatchObject([{ ...failedSample, error: expect.stringContaining('rabbitmq-plugins enable rabbitmq_management') }]);
    await broker.setPlugin('rabbitmq_management', true);
    await watched.until(({ source }) => source.ok);
    await watched.poll.close();
  });

  it('behind a cut or a stalled wire leaves failed samples in time, and is read again afterwards', async () => {
    const proxy = await startTcpProxy(Number(new URL(broker.managementUrl).port));
    const address = `http://127.0.0.1:${proxy.port}`;
    const watched = watchBroker(brokerSource({ management: address, observe: broker.admin, pollSeconds: 2 }), contracts);
    await watched.until(({ source }) => source.ok);
    proxy.set('cut');
    const cut = await watched.look();
    expect(cut.samples).toMatchObject([{ ...failedSample, error: expect.stringContaining(`${address} closed the connection before it answered`) }]);
    proxy.set('stalled');
    const stalled = await watched.look();
    expect(stalled.samples).toMatchObject([failedSample]);
    expect(stalled.source.error).toMatch(/within 1\.8 s|given up after 1\.8 s/);
    proxy.set('open');
    await watched.until(({ source }) => source.ok);
    await watched.poll.close();
    await proxy.close();
  });
});
