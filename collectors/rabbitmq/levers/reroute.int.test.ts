import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { FIGURES_LAG_MS, type HoldInPlace, type LeverRequest } from '@/collectors/runtime/operations/levers';
import type { LeverBench } from './testing/lever-suite';
import { rabbitmqLevers } from './index';
import { reroutingOf } from './reroute/rerouting';
import { leverSuite } from './testing/lever-suite';
import { Consumer, doubled, Publisher } from './testing/publishers';

const suite = leverSuite();
const spec = (vhost: string, name = 'work.b') => [
  'fields:', '  payer: { from: [key:2, header:x-payer] }', '  facility: { from: [header:x-facility, key:1] }',
  `reroute: { allowed: true, alternates: [{ id: b, channel: { source: rabbit-main, kind: queue, vhost: "${vhost}", name: ${name} } }] }`,
].join('\n');

async function topology(keys: readonly string[] = ['claims.*']) {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', 'topic', { durable: true });
  for (const queue of ['work', 'work.b']) await channel.assertQueue(queue, { durable: true });
  for (const key of keys) await channel.bindQueue('work', 'claims', key);
  const bench = suite.bench(vhost, `exchange: claims, keys: [${keys.map((key) => `"${key}"`).join(', ')}], name: work`, { spec: spec(vhost) });
  const count = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
  const publish = async (key: string) => {
    channel.publish('claims', key, Buffer.from('x'), { persistent: true });
    await channel.waitForConfirms();
  };
  return { vhost, channel, bench, count, publish, url: suite.broker.amqpUrl(undefined, vhost) };
}

async function rerouted(bench: LeverBench, only: { payer?: string; facility?: string } | null = null): Promise<HoldInPlace> {
  const id = randomUUID();
  const request: LeverRequest = { kind: 'reroute', holdId: id, alternate: 'b', only };
  const plan = await bench.plan(request);
  expect(plan.locks).toEqual([]);
  const run = bench.run();
  await rabbitmqLevers.execute(bench.source, bench.target, request, plan, run);
  return { id, method: 'bindings', action: plan.action, record: run.recorded, requestedAt: new Date() };
}

describe('a reroute by bindings', () => {
  it('leads every message to the alternate and back under publishers: none lost, none twice, and the figures add up', async () => {
    const { bench, url, count } = await topology();
    const consumers = await Promise.all(['work', 'work.b'].map((queue) => Consumer.begin(url, queue)));
    const publishers = ['a', 'b'].map((name) => new Publisher(url, name, 'claims', 'claims.1'));
    const total = () => publishers.reduce((sum, { sent }) => sum + sent, 0);
    await vi.waitFor(() => expect(total()).toBeGreaterThan(30), { timeout: 30_000 });
    const hold = await rerouted(bench);
    const before = total();
    await vi.waitFor(() => expect(total()).toBeGreaterThan(before + 60), { timeout: 30_000 });
    for (let look = 0; look < 3; look += 1) expect(await bench.observe(hold)).toMatchObject({ state: 'active', outsideActs: [] });
    await bench.pull({ kind: 'restore', hold });
    const sent = (await Promise.all(publishers.map((publisher) => publisher.stop()))).reduce((sum, one) => sum + one, 0);
    const ids = () => consumers.flatMap((consumer) => consumer.ids);
    await vi.waitFor(() => expect(ids().length).toBeGreaterThanOrEqual(sent), { timeout: 30_000 });
    expect(doubled(ids())).toEqual([]);
    expect(new Set(ids()).size).toBe(sent);
    expect(consumers[1]!.ids.length).toBeGreaterThan(30);
    await vi.waitFor(async () => {
      const { figures } = await bench.observe(hold);
      expect(Number(figures['to the primary']) + Number(figures['to the alternate'])).toBe(Number(figures['entered']));
      expect(figures['to the alternate']).toBe(String(consumers[1]!.ids.length));
    }, { timeout: 30_000 });
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped' });
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    expect(await count('work')).toBe(0);
  });

  it('takes one payer alone where the keys tell, and is locked where they do not', async () => {
    const { bench, count, publish, channel } = await topology(['claims.aetna', 'claims.cigna']);
    const hold = await rerouted(bench, { payer: 'cigna' });
    await publish('claims.aetna');
    await publish('claims.cigna');
    expect([await count('work'), await count('work.b')]).toEqual([1, 1]);
    expect((await bench.plan({ kind: 'restore', hold })).warnings.join(' ')).toMatch(/"work\.b" received/);
    await bench.pull({ kind: 'restore', hold });
    await publish('claims.cigna');
    expect([await count('work'), await count('work.b')]).toEqual([2, 1]);

    const codes = async (only: { payer?: string; facility?: string }) => (await bench.plan({ kind: 'reroute', holdId: randomUUID(), alternate: 'b', only })).locks.map(({ code }) => code);
    expect(await codes({ facility: 'north' })).toEqual(['keys-do-not-tell']);
    expect(await codes({ payer: 'humana' })).toEqual(['keys-do-not-tell']);
    await channel.bindQueue('work', 'claims', 'claims.#');
    expect(await codes({ payer: 'cigna' })).toEqual(['other-route']);
  });

  it('takes those who are enrolled at the alternate and leaves everybody else where they are', async () => {
    const { bench, count, publish } = await topology(['claims.aetna', 'claims.cigna', 'claims.humana']);
    const enrolled = [{ payer: 'cigna' }, { payer: 'humana' }];
    const id = randomUUID();
    const request: LeverRequest = { kind: 'reroute', holdId: id, alternate: 'b', only: null, enrolled };
    const run = bench.run();
    const plan = await bench.plan(request);
    await bench.pull(request, run);
    for (const payer of ['aetna', 'cigna', 'humana', 'cigna']) await publish(`claims.${payer}`);
    expect([await count('work'), await count('work.b')]).toEqual([1, 3]);
    await bench.pull({ kind: 'restore', hold: { id, method: 'bindings', action: plan.action, record: run.recorded, requestedAt: new Date() } });
    const codes = async (told: Partial<Extract<LeverRequest, { kind: 'reroute' }>>) => (await bench.plan({ ...request, holdId: randomUUID(), ...told })).locks.map(({ code }) => code);
    expect(await codes({ only: { payer: 'aetna' } })).toEqual(['keys-do-not-tell']);
    expect(await codes({ enrolled: [{ facility: 'north' }] })).toEqual(['keys-do-not-tell']);
    expect(await codes({ enrolled: [] })).toEqual(['keys-do-not-tell']);
  });

  it('says when messages reach no queue or two, by all that enters or by what the tap copies, and nothing while all is well', async () => {
    const seen = async (bench: LeverBench, hold: HoldInPlace, expected: Partial<Awaited<ReturnType<LeverBench['observe']>>>) => vi.waitFor(
      async () => expect(await bench.observe(hold)).toMatchObject(expected), { timeout: 90_000, interval: 1_000 },
    );
    const ours = (hold: HoldInPlace) => reroutingOf(hold.action).diversion.names.exchange;
    const missing = async () => {
      const { bench, channel, publish } = await topology(['#']);
      const hold = await rerouted(bench);
      for (let n = 0; n < 3; n += 1) await publish('claims.1');
      await seen(bench, hold, { state: 'active', figures: expect.objectContaining({ entered: '3', 'to the alternate': '3' }) as Record<string, string> });
      await channel.unbindQueue('work.b', ours(hold), '#');
      expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', sentence: expect.stringMatching(/^Messages reach neither "work" nor "work\.b"/) as string, outsideActs: [`Somebody unbound "work.b" from our exchange ${ours(hold)}.`] });
      for (let n = 0; n < 2; n += 1) await publish('claims.1');
      // Put back, and what was lost until then stays told.
      await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
      await seen(bench, hold, { state: 'leaking', figures: expect.objectContaining({ missing: '2' }) as Record<string, string>, sentence: expect.stringMatching(/^2 of 5 messages that entered exchange "claims" for this flow reached no queue.* 0 went to "work" and 3 to "work\.b"/) as string });
      await bench.pull({ kind: 'restore', hold });
    };
    const twice = async () => {
      const { bench, channel, publish } = await topology(['#']);
      const hold = await rerouted(bench);
      await channel.assertQueue('copy', { durable: true });
      for (const queue of ['copy', 'work.b']) await channel.bindQueue(queue, 'claims', '#');
      for (let n = 0; n < 2; n += 1) await publish('claims.1');
      await seen(bench, hold, { state: 'leaking', figures: expect.objectContaining({ doubled: '2' }) as Record<string, string> });
    };
    const tapped = async () => {
      const { bench, channel, publish } = await topology();
      await channel.assertQueue('signalbox.tap.test.rabbit-main.claims', { durable: false });
      await channel.bindQueue('signalbox.tap.test.rabbit-main.claims', 'claims', 'claims.*');
      const hold = await rerouted(bench);
      // Nobody has to get what fits no key of the flow.
      await publish('orders.1');
      await publish('claims.1');
      await seen(bench, hold, { state: 'active', figures: expect.objectContaining({ entered: '2', 'to the alternate': '1' }) as Record<string, string> });
      await channel.unbindQueue('work.b', ours(hold), 'claims.*');
      await publish('claims.1');
      await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
      await seen(bench, hold, { state: 'leaking', figures: expect.objectContaining({ missing: '1' }) as Record<string, string>, sentence: expect.stringMatching(/^1 of 2 messages/) as string });
    };
    // A tap that listens for more than leads to a queue proves nothing of what it copies.
    const wider = async () => {
      const { bench, channel, publish } = await topology();
      await channel.assertQueue('signalbox.tap.test.rabbit-main.wider', { durable: false });
      const hold = await rerouted(bench);
      for (const key of ['claims.*', 'orders.*']) await channel.bindQueue('signalbox.tap.test.rabbit-main.wider', key === 'orders.*' ? 'claims' : ours(hold), key);
      await publish('orders.1');
      await seen(bench, hold, { state: 'active', figures: expect.objectContaining({ entered: '1' }) as Record<string, string> });
      const counted = Date.now();
      await vi.waitFor(async () => {
        expect(await bench.observe(hold)).toMatchObject({ state: 'active' });
        expect(Date.now() - counted).toBeGreaterThan(2 * FIGURES_LAG_MS + 7_000);
      }, { timeout: 90_000, interval: 2_000 });
      expect(await bench.observe(hold)).toMatchObject({ state: 'active' });
    };
    const shared = async () => {
      const { bench, channel } = await topology();
      await channel.assertQueue('orders', { durable: true });
      await channel.bindQueue('orders', 'claims', 'orders.*');
      const { warnings } = await bench.plan({ kind: 'reroute', holdId: randomUUID(), alternate: 'b', only: null });
      expect(warnings.join(' ')).toMatch(/Nobody is told should messages get lost on the way: exchange "claims" also leads to "orders"/);
    };
    await Promise.all([missing(), twice(), tapped(), wider(), shared()]);
  });

  it('is locked without a place to go, and names the alternate that is none', async () => {
    const { vhost, channel, bench } = await topology();
    await channel.deleteQueue('work.b');
    const request = { kind: 'reroute', holdId: randomUUID(), alternate: 'b', only: null } as const;
    expect((await bench.plan(request)).locks.map(({ code }) => code)).toEqual(['no-destination']);
    expect((await bench.plan({ ...request, alternate: 'c' })).locks.map(({ code }) => code)).toEqual(['no-alternate']);
    const other = suite.bench(vhost, 'exchange: claims, name: work', { spec: 'reroute: { allowed: true, alternates: [{ id: b, channel: { source: erp-db, kind: table, table: t } }] }' });
    expect((await other.plan(request)).locks.map(({ code }) => code)).toEqual(['other-technology']);
  });
});
