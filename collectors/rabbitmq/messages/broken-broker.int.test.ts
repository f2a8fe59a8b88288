import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTapStore } from '@/collectors/runtime/taps/tap-store';
import { createTestClickHouse } from '@/scripts/testing/databases';
import { connectClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { TAP_QUEUE_LIMITS, tapQueueName } from './tap-queue';
import { ownBrokerSuite, isBound, warningsOf } from './testing/broker-suite';
import { contracts, queueChannel } from './testing/contract-flows';

const suite = ownBrokerSuite();
const { openVhost, tap } = suite;
const TAP_PROCESS = fileURLToPath(new URL('testing/tap-process.ts', import.meta.url));

async function fanout(channel: ConfirmChannel, exchange: string, queue: string): Promise<void> {
  await channel.assertExchange(exchange, 'fanout');
  await channel.assertQueue(queue);
  await channel.bindQueue(queue, exchange, '');
}

/** What the broker counted for a queue: publish, deliver, ack, redeliver, get … */
async function statistics(vhost: string, queue: string): Promise<Record<string, number>> {
  const { user, password } = suite.broker.admin;
  const response = await fetch(`${suite.broker.managementUrl}/api/queues/${encodeURIComponent(vhost)}/${queue}`, { headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } });
  const { message_stats: stats = {} } = (await response.json()) as { message_stats?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(stats).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** Consumers of the business: two, with acknowledgements. */
async function work(connection: ChannelModel, queue: string): Promise<void> {
  for (let consumer = 0; consumer < 2; consumer++) {
    const channel = await connection.createChannel();
    await channel.prefetch(200);
    await channel.consume(queue, (message) => message && channel.ack(message));
  }
}

describe('many messages', () => {
  it('counts 200,000 on both sides, and leaves the counters of business queues as they are without a tap', { timeout: 400_000 }, async () => {
    const TOTAL = 200_000;
    const { vhost, channel, connection } = await openVhost();
    await fanout(channel, 'tapped', 'work');
    await fanout(channel, 'untapped', 'twin');
    const database = await createTestClickHouse();
    await migrateClickHouse(database.writerUrl);
    const clickhouse = connectClickHouse(database.writerUrl, { name: 'test' });
    const store = startTapStore({ clickhouse, counter: { add: () => undefined } });
    const sink = store.sinkFor('rabbit-main', { fence: 1n, isHeld: () => true, signal: new AbortController().signal });
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: tapped, name: work') }), { keeps: false, sink: (facts) => sink.messages(facts) });
    await tapped.until(isBound(1));
    for (const queue of ['work', 'twin']) await work(connection, queue);
    for (let index = 0; index < TOTAL; index++) {
      for (const exchange of ['tapped', 'untapped']) channel.publish(exchange, '', Buffer.from('{"a":1}'), { messageId: `m-${index}`, persistent: false });
      if (index % 2_000 === 1_999) await channel.waitForConfirms();
    }
    const stored = async () => {
      const sql = 'SELECT uniqExact(CopyKey) AS copies, uniqExact(MessageId) AS messages FROM tap_messages';
      const rows = await clickhouse.query({ name: 'test', sql, params: {}, schema: z.object({ copies: z.string(), messages: z.string() }) });
      return rows[0]!;
    };
    await expect.poll(async () => Number((await stored()).copies) + tapped.count('tap-copies-dropped'), { timeout: 120_000 }).toBe(TOTAL);
    expect(await stored()).toEqual({ copies: String(TOTAL), messages: String(TOTAL) });
    expect(tapped.count('tap-undecodable')).toBe(0);
    await expect.poll(() => statistics(vhost, 'work'), { timeout: 60_000 }).toMatchObject({ publish: TOTAL, deliver: TOTAL, ack: TOTAL });
    await expect.poll(() => statistics(vhost, 'twin'), { timeout: 60_000 }).toEqual(await statistics(vhost, 'work'));
    const { redeliver, get, get_no_ack: getNoAck } = await statistics(vhost, 'work');
    expect([redeliver ?? 0, get ?? 0, getNoAck ?? 0]).toEqual([0, 0, 0]);
    await store.stop(1_000);
    await database.drop();
  });
});

describe('a process that stops', () => {
  it('loses its consumers, a successor takes what it had not stored, and nothing is done late', async () => {
    const { vhost, channel } = await openVhost();
    await fanout(channel, 'shared', 'work');
    const text = queueChannel(vhost, 'exchange: shared, name: work');
    const { settings, observe } = suite.source([vhost]);
    const child = spawn(process.execPath, ['--import', 'tsx', TAP_PROCESS, JSON.stringify({ channel: text, source: { management: settings.management, amqp: settings.amqp, observe, vhosts: [vhost] } })], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('bound');
      channel.publish('shared', 'to the holder', Buffer.from('x'));
      expect((await lines.next()).value).toBe('stored 1');
      child.kill('SIGSTOP');
      for (let index = 0; index < 10; index++) channel.publish('shared', `k${index}`, Buffer.from('x'));
      await channel.waitForConfirms();
      const successor = tap(vhost, contracts({ channel: text }));
      await successor.until((state) => warningsOf(state).some((warning) => warning.includes('another consumer still holds our tap queue')));
      // The first one comes again when the holder was stopped between storing and acknowledging it.
      const seen = () => new Set(successor.messages.map(({ routingKey }) => routingKey).filter((key) => key !== 'to the holder'));
      await successor.until(() => seen().size === 10);
      child.kill('SIGCONT');
      channel.publish('shared', 'after the sleep', Buffer.from('x'));
      await successor.until(() => seen().size === 11);
      expect(successor.messages.filter(({ routingKey }) => routingKey !== 'to the holder')).toHaveLength(11);
      expect((await channel.checkQueue('work')).messageCount).toBe(12);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('neither declares nor binds nor acknowledges once its lease has ended', async () => {
    const { vhost, channel } = await openVhost();
    await fanout(channel, 'late', 'work');
    const inForce = contracts({ channel: queueChannel(vhost, 'exchange: late, name: work') });
    const never = tap(vhost, inForce);
    never.isHeld = false;
    await never.until((state) => state.report() !== null && state.report()!.detail['tappedExchanges'] !== undefined);
    expect([...(await suite.queues(vhost)).keys()]).toEqual(['work']);
    await suite.stop(never);
    const late = tap(vhost, inForce);
    await late.until(isBound(1));
    let release: () => void = () => undefined;
    late.gate = new Promise((resolve) => { release = resolve; });
    channel.publish('late', '', Buffer.from('x'));
    await channel.waitForConfirms();
    const queue = tapQueueName({ installation: 'test', sourceId: 'rabbit-main' }, 'messages', vhost, 'late');
    await expect.poll(async () => (await suite.queues(vhost)).get(queue)?.unacked, { timeout: 30_000 }).toBe(1n);
    late.isHeld = false;
    release();
    await expect.poll(async () => (await suite.queues(vhost)).get(queue)?.ready, { timeout: 30_000 }).toBe(1n);
    expect((await suite.queues(vhost)).get(queue)?.totals?.left ?? 0n).toBe(0n);
  });
});

describe('a broker in trouble', () => {
  it.each(['memory', 'disk'] as const)('with a %s alarm: our taps step back first, and return after it', async (kind) => {
    const { vhost, channel } = await openVhost();
    await fanout(channel, 'alarmed', 'work');
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: alarmed, name: work') }));
    await tapped.until(isBound(1));
    const set = (on: boolean) => (kind === 'memory' ? suite.broker.setMemoryAlarm(on) : suite.broker.setDiskAlarm(on));
    await set(true);
    try {
      await tapped.until((state) => warningsOf(state).some((text) => text.includes(`has an alarm (${kind}`) && text.includes('our taps stepped back')));
      expect([...(await suite.queues(vhost)).keys()]).toEqual(['work']);
    } finally {
      await set(false);
    }
    await tapped.until((state) => isBound(1)(state) && warningsOf(state).length === 0);
    channel.publish('alarmed', '', Buffer.from('seen again'));
    await tapped.until(({ messages }) => messages.length === 1);
  });

  it('is found again after a restart, and after our credentials were revoked for a while', { timeout: 240_000 }, async () => {
    const { vhost, channel } = await openVhost();
    await fanout(channel, 'lasting', 'work');
    const user = await suite.broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^signalbox\\.tap\\.', write: '^signalbox\\.tap\\.', read: '^(signalbox\\.tap\\..*|lasting)$' } });
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: lasting, name: work') }), { observe: user });
    await tapped.until(isBound(1));
    await suite.broker.put(['users', user.user], { password: 'another password of nobody', tags: 'monitoring' });
    await suite.broker.ctl('close_all_connections', '--vhost', vhost, 'the password was changed');
    await tapped.until((state) => warningsOf(state).some((text) => text.includes('refused the user or the password for AMQP')));
    expect(JSON.stringify(tapped.report())).not.toContain(user.user);
    await suite.broker.put(['users', user.user], { password: user.password, tags: 'monitoring' });
    await tapped.until((state) => isBound(1)(state) && warningsOf(state).length === 0);
    await suite.broker.restart();
    await tapped.until((state) => isBound(1)(state) && warningsOf(state).length === 0);
    const again = await suite.reopen(vhost);
    again.publish('lasting', '', Buffer.from('after the restart'));
    await tapped.until(({ messages }) => messages.length === 1);
  });

  it('whose queue of ours is deleted by somebody gets it again, with the old one\'s limits', async () => {
    const { vhost, channel } = await openVhost();
    await fanout(channel, 'swept', 'work');
    const tapped = tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: swept, name: work') }));
    await tapped.until(isBound(1));
    const queue = tapQueueName({ installation: 'test', sourceId: 'rabbit-main' }, 'messages', vhost, 'swept');
    await channel.deleteQueue(queue);
    await expect.poll(async () => (await suite.queues(vhost)).get(queue)?.consumers, { timeout: 30_000 }).toBe(1);
    await expect(channel.assertQueue(queue, { durable: false, arguments: { 'x-queue-type': 'classic', 'x-max-length': TAP_QUEUE_LIMITS.maxLength, 'x-max-length-bytes': TAP_QUEUE_LIMITS.maxLengthBytes, 'x-message-ttl': TAP_QUEUE_LIMITS.messageTtlMs, 'x-overflow': 'drop-head', 'x-expires': TAP_QUEUE_LIMITS.expiresMs } })).resolves.toMatchObject({ consumerCount: 1 });
    channel.publish('swept', '', Buffer.from('x'));
    await tapped.until(({ messages }) => messages.length === 1);
  });
});
