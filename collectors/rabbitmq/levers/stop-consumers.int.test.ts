import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import type { BrokerUser } from '@/scripts/testing/broker';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { ManagementWriter } from '../management/management-writer';
import { apiPath } from '../management/management-client';
import { rabbitmqLevers } from './index';
import { leverSuite } from './testing/lever-suite';
import { Consumer } from './testing/publishers';

const suite = leverSuite();
const CHANNEL = 'exchange: claims, keys: ["claims.*"], name: work';
const ALL = { configure: '.*', write: '.*', read: '.*' };

async function topology(args: Record<string, unknown> = {}) {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', 'topic', { durable: true });
  await channel.assertQueue('work', { durable: true, arguments: args });
  await channel.bindQueue('work', 'claims', 'claims.*');
  const app = await suite.broker.createUser({ permissions: { vhost, ...ALL } });
  const publish = async (count: number) => {
    for (let index = 0; index < count; index++) channel.publish('claims', 'claims.837', Buffer.from('x'), { persistent: true, messageId: `m-${index}` });
    await channel.waitForConfirms();
  };
  const bench = suite.bench(vhost, CHANNEL);
  const url = suite.broker.amqpUrl(app, vhost);
  const codes = async () => (await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' })).locks.map(({ code }) => code);
  return { vhost, channel, app, publish, bench, url, codes };
}

async function ctl(...args: string[]): Promise<string> {
  return suite.broker.ctl(...args);
}

function writer(): ManagementWriter {
  return new ManagementWriter({ settings: { management: suite.broker.managementUrl }, credentials: suite.broker.admin, timeoutMs: 10_000 });
}

async function reconnects(user: BrokerUser, vhost: string): Promise<boolean> {
  return Consumer.begin(suite.broker.amqpUrl(user, vhost), 'work').then(async (consumer) => {
    await consumer.stop();
    return true;
  }, () => false);
}

describe('stopping the consumers', () => {
  it('holds what waits, keeps who reconnects out, and gives the former limit back', async () => {
    const { vhost, app, publish, bench, url, codes } = await topology();
    expect(await codes()).toEqual(['no-consumers']);
    await suite.broker.put(['user-limits', app.user, 'max-connections'], { value: 7 });
    const consumer = await Consumer.begin(url, 'work');
    await vi.waitFor(async () => expect(await codes()).toEqual([]), { timeout: 20_000 });
    const hold = await bench.hold('stop-consumers');
    expect(hold.record).toEqual({ limits: { [app.user]: 7 } });
    await publish(3);
    expect(await bench.observe(hold)).toMatchObject({ state: 'held', figures: { waiting: '3', consumers: '0', connections: '0' }, outsideActs: [] });
    expect(await reconnects(app, vhost)).toBe(false);
    expect(consumer.ids).toEqual([]);
    // A second call finishes what the first began and takes its own limit for nobody's.
    const again = bench.run();
    await again.remember(hold.record);
    await rabbitmqLevers.execute(bench.source, bench.target, { kind: 'pause', holdId: hold.id, method: 'stop-consumers' }, { ...(await bench.plan({ kind: 'pause', holdId: hold.id, method: 'stop-consumers' })), action: hold.action as ConnectorPlan['action'] }, again);
    expect(again.recorded).toEqual({ limits: { [app.user]: 7 } });

    const canary = await bench.plan({ kind: 'canary', hold, which: { by: 'count', count: 1 } });
    expect(canary.locks).toMatchObject([{ code: 'no-canary', sentence: expect.stringContaining('prefetch') }]);
    await bench.pull({ kind: 'release', hold, perSecond: null });
    expect(await ctl('list_user_limits', '--user', app.user, '--silent')).toContain('"max-connections":7');
    expect(await reconnects(app, vhost)).toBe(true);
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: [expect.stringContaining('changed the limit')] });
  });

  it('names the other queues that stop with it, and refuses a user that it shares with us', async () => {
    const { channel, bench, url, codes } = await topology();
    await channel.assertQueue('other');
    const consumers = [await Consumer.begin(url, 'work'), await Consumer.begin(url, 'other')];
    await vi.waitFor(async () => expect((await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' })).warnings.join(' ')).toContain('also consumes from "other"'), { timeout: 20_000 });
    await channel.consume('work', () => undefined);
    await vi.waitFor(async () => expect(await codes()).toEqual(['own-user']), { timeout: 20_000 });
    for (const consumer of consumers) await consumer.stop();
  });

  it('does not hold by the limit alone, nor by closing alone: only both do', async () => {
    const { vhost, app, publish, bench, url, codes } = await topology();
    const write = writer();
    const { signal } = new AbortController();
    const consumer = await Consumer.begin(url, 'work');
    await vi.waitFor(async () => expect(await codes()).toEqual([]), { timeout: 20_000 });
    const hold = { id: randomUUID(), method: 'stop-consumers' as const, action: (await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' })).action, record: null, requestedAt: new Date() };
    await write.put(apiPath`user-limits/${app.user}/max-connections`, { value: 0 }, 'limits', signal);
    await publish(5);
    await vi.waitFor(() => expect(consumer.ids).toHaveLength(5), { timeout: 20_000 });
    expect(await bench.observe(hold)).toMatchObject({ state: 'leaking', figures: { connections: '1' } });

    await write.delete(apiPath`user-limits/${app.user}/max-connections`, 'limits', signal);
    await write.delete(apiPath`connections/username/${app.user}`, 'connections', signal);
    await vi.waitFor(async () => expect(await reconnects(app, vhost)).toBe(true), { timeout: 20_000 });
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped' });

    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    expect(await bench.observe(hold)).toMatchObject({ state: 'held' });
    expect(await reconnects(app, vhost)).toBe(false);
    write.close();
  });

  it('is locked where a message that is out may be at its delivery limit, whatever happens to it then', async () => {
    const { channel, publish, url, codes } = await topology({ 'x-queue-type': 'quorum', 'x-delivery-limit': 2 });
    await publish(20);
    // Takes and settles nothing, and is cut off: each time the messages come one nearer to their limit.
    const hang = async () => {
      const connection = await connectAmqp(url);
      connection.on('error', () => undefined);
      const taking = await connection.createChannel();
      await taking.prefetch(20);
      let taken = 0;
      await taking.consume('work', () => { taken++; });
      await vi.waitFor(() => expect(taken).toBe(20), { timeout: 20_000 });
      return connection;
    };
    const first = await hang();
    await vi.waitFor(async () => expect(await codes()).toEqual([]), { timeout: 30_000 });
    await first.close();
    await (await hang()).close();
    const third = await hang();
    await vi.waitFor(async () => expect(await codes()).toEqual(['delivery-limit']), { timeout: 30_000 });
    // What the lock keeps from happening.
    await third.close();
    await vi.waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBe(0), { timeout: 20_000 });
  });

  it('can be undone with the commands of its card while we are away', async () => {
    const { vhost, app, bench, url, codes } = await topology();
    const consumer = await Consumer.begin(url, 'work');
    await vi.waitFor(async () => expect(await codes()).toEqual([]), { timeout: 20_000 });
    const { nativeCommands } = await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' });
    const hold = await bench.hold('stop-consumers');
    await consumer.stop();
    const inspect = nativeCommands.find(({ what }) => what.startsWith('See the limit'))!;
    expect(await runs(inspect.command)).toContain('"max-connections":0');
    for (const { command } of nativeCommands.filter(({ what }) => what.startsWith('Undo'))) await runs(command);
    expect(await reconnects(app, vhost)).toBe(true);
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped' });
  });
});

/** Runs a command of a card as a shell would take it apart. */
function runs(command: string): Promise<string> {
  const [program, ...args] = [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain]) => quoted?.replaceAll(`'\\''`, `'`) ?? plain!);
  expect(program).toBe('rabbitmqctl');
  return ctl(...args);
}
