import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { HoldInPlace, LeverRequest } from '@/collectors/runtime/operations/levers';
import { contracts, queueChannel } from '../messages/testing/contract-flows';
import { isBound, warningsOf } from '../messages/testing/broker-suite';
import { parkNames } from '../own-names';
import { rabbitmqLevers } from './index';
import { reroutingOf } from './reroute/rerouting';
import type { KeptRun } from './testing/kept-run';
import { leverSuite, type LeverBench } from './testing/lever-suite';
import { Consumer, doubled, Publisher } from './testing/publishers';

const suite = leverSuite();
const KEYS = ['claims.aetna', 'claims.cigna', 'claims.humana'];
const CIGNA = [{ payer: 'cigna' }];
const spec = (vhost: string) => [
  'fields:', '  payer: { from: [key:2, header:x-payer] }',
  `reroute: { allowed: true, alternates: [{ id: b, channel: { source: rabbit-main, kind: queue, vhost: "${vhost}", name: work.b } }] }`,
].join('\n');

async function topology(keys: readonly string[] = KEYS) {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', 'topic', { durable: true });
  for (const queue of ['work', 'work.b']) await channel.assertQueue(queue, { durable: true });
  for (const key of keys) await channel.bindQueue('work', 'claims', key);
  const text = `exchange: claims, keys: [${keys.map((key) => `"${key}"`).join(', ')}], name: work`;
  let number = 0;
  const publish = async (key: string, headers: Record<string, unknown> = {}, messageId = `m-${(number += 1)}`) => {
    channel.publish('claims', key, Buffer.from('x'), { persistent: true, messageId, headers });
    await channel.waitForConfirms();
    return messageId;
  };
  const count = async (queue: string) => (await channel.checkQueue(queue)).messageCount;
  const take = async (queue: string) => {
    const ids: string[] = [];
    for (let message = await channel.get(queue, { noAck: true }); message; message = await channel.get(queue, { noAck: true })) ids.push(String(message.properties.messageId));
    return ids;
  };
  return { vhost, channel, text, publish, count, take, bench: suite.bench(vhost, text, { spec: spec(vhost) }), url: suite.broker.amqpUrl(undefined, vhost) };
}

const rerouteOver = (over: HoldInPlace, told: Partial<Extract<LeverRequest, { kind: 'reroute' }>> = {}): LeverRequest => (
  { kind: 'reroute', holdId: randomUUID(), alternate: 'b', only: null, enrolled: CIGNA, over, ...told }
);

async function rerouted(bench: LeverBench, over: HoldInPlace, told: Partial<Extract<LeverRequest, { kind: 'reroute' }>> = {}, run: KeptRun = bench.run()): Promise<HoldInPlace> {
  const request = rerouteOver(over, told);
  const plan = await bench.plan(request);
  expect(plan.locks).toEqual([]);
  await rabbitmqLevers.execute(bench.source, bench.target, request, plan, run);
  return { id: (request as { holdId: string }).holdId, method: 'bindings', action: plan.action, record: run.recorded, requestedAt: new Date() };
}

describe('a reroute over a hold that parks', () => {
  it('sends on those who are eligible, what waits and what comes, and holds everybody else until both are ended', async () => {
    const { bench, publish, count, take, channel } = await topology();
    const hold = await bench.hold('park');
    const waited: Record<string, string[]> = { aetna: [], cigna: [], humana: [] };
    for (const payer of ['aetna', 'cigna', 'cigna', 'humana', 'cigna', 'aetna']) waited[payer]!.push(await publish(`claims.${payer}`));
    // Fits a key that stays held, too, and so the exchanges lead it no further.
    const copied = await publish('claims.cigna', { CC: ['claims.aetna'] });
    // Two that are alike are two.
    const same = await publish('claims.cigna', {}, waited['cigna']![0]);

    const request = rerouteOver(hold);
    const plan = await bench.plan(request);
    expect(plan).toMatchObject({ locks: [], waiting: '8', receivers: ['work.b'] });
    expect(plan.steps.join(' ')).toMatch(/^Send those of the 8 messages in signalbox\.park\.\w+ that have "claims\.cigna" on to "work\.b"/);
    const run = bench.run();
    const reroute = await rerouted(bench, hold, {}, run);
    expect(await take('work.b')).toEqual([...waited['cigna']!, same]);
    expect(run.in('sent')).toEqual([...waited['cigna']!, `${same}#2`]);
    expect(run.shown.at(-1)).toMatch(/^Sent 4 that were held on/);
    const comes = await publish('claims.cigna');
    const held = [await publish('claims.humana'), await publish('claims.cigna', { CC: ['claims.humana'] })];
    expect(await take('work.b')).toEqual([comes]);
    expect(await count('work')).toBe(0);
    expect(await bench.observe(hold)).toMatchObject({ state: 'held', figures: { parked: '6' }, outsideActs: [] });
    expect(await bench.observe(reroute)).toMatchObject({ state: 'active', outsideActs: [], figures: { 'still held': '6', 'waiting at the primary': '0' }, sentence: expect.stringContaining(' 6 stay held.') as string });

    // While it is rerouted from, the hold lets a canary pass and cannot be released.
    expect((await bench.plan({ kind: 'release', hold, perSecond: null })).locks.map(({ code }) => code)).toEqual(['rerouted-from-hold']);
    const release: LeverRequest = { kind: 'release', hold, perSecond: null };
    await expect(rabbitmqLevers.execute(bench.source, bench.target, release, plan, bench.run())).rejects.toThrow('Restore the reroute first');
    await bench.pull({ kind: 'canary', hold, which: { by: 'payer', payer: 'humana', atMost: 1 } });
    expect(await take('work')).toEqual(waited['humana']);

    const { steps, receivers } = await bench.plan({ kind: 'restore', hold: reroute });
    expect([steps.join(' '), receivers]).toEqual([expect.stringContaining('new messages are held with the others'), [parkNames(hold.id).queue]]);
    expect(await bench.pull({ kind: 'restore', hold: reroute })).toMatchObject({ sentence: expect.stringMatching(/^New messages are held with the others again\./) as string });
    const after = await publish('claims.cigna');
    expect([await count('work'), await count('work.b')]).toEqual([0, 0]);
    expect(await bench.pull({ kind: 'release', hold, perSecond: null })).toMatchObject({ moved: 6, complete: true });
    expect(await take('work')).toEqual([waited['aetna']![0], waited['aetna']![1], copied, ...held, after]);
    const left = await suite.broker.ctl('list_exchanges', '-p', bench.source.settings.vhosts[0]!, '--silent', 'name');
    expect(left).not.toContain('signalbox');
    await channel.close();
  });

  it('loses nothing and doubles nothing under publishers, and says when messages on the way over it reach no queue', async () => {
    const underPublishers = async () => {
      const { bench, url } = await topology();
      const consumers = await Promise.all(['work', 'work.b'].map((queue) => Consumer.begin(url, queue)));
      const publishers = KEYS.map((key) => new Publisher(url, key, 'claims', key));
      const total = () => publishers.reduce((sum, { sent }) => sum + sent, 0);
      const more = async (count: number) => {
        const before = total();
        await vi.waitFor(() => expect(total()).toBeGreaterThan(before + count), { timeout: 30_000 });
      };
      await more(60);
      for (let round = 0; round < 3; round += 1) {
        const hold = await bench.hold('park');
        await more(300);
        const reroute = await rerouted(bench, hold);
        await more(300);
        expect(await bench.observe(reroute)).toMatchObject({ state: 'active', outsideActs: [] });
        expect((await bench.observe(hold)).outsideActs).toEqual([]);
        await bench.pull({ kind: 'restore', hold: reroute });
        await more(60);
        await bench.pull({ kind: 'release', hold, perSecond: null });
      }
      const sent = (await Promise.all(publishers.map((publisher) => publisher.stop()))).reduce((sum, one) => sum + one, 0);
      const ids = () => consumers.flatMap((consumer) => consumer.ids);
      await vi.waitFor(() => expect(ids().length).toBeGreaterThanOrEqual(sent), { timeout: 30_000 });
      expect(doubled(ids())).toEqual([]);
      expect(new Set(ids()).size).toBe(sent);
      const [atPrimary, atAlternate] = consumers.map((consumer) => consumer.ids);
      expect(new Set(atAlternate!.map((id) => id.split('-')[0]))).toEqual(new Set(['claims.cigna']));
      expect(atAlternate!.length).toBeGreaterThan(3 * 100);
      expect(new Set(atPrimary!.map((id) => id.split('-')[0]))).toEqual(new Set(KEYS));
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    };
    // What enters the exchange is counted there, through the exchanges of the hold and of the reroute.
    const counted = async () => {
      const { bench, publish, channel } = await topology(['#']);
      // A broker that has just begun does not tell its process yet, and then nobody knows whether it was another one before.
      const { user, password } = suite.broker.admin;
      await vi.waitFor(async () => {
        const nodes = (await (await fetch(`${suite.broker.managementUrl}/api/nodes`, { headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` } })).json()) as { os_pid?: string }[];
        expect(nodes[0]?.os_pid).toMatch(/\d/);
      }, { timeout: 30_000, interval: 250 });
      const hold = await bench.hold('park');
      const reroute = await rerouted(bench, hold, { enrolled: null });
      for (let number = 0; number < 3; number += 1) await publish('claims.1');
      const seen = (figures: Record<string, string>) => vi.waitFor(async () => expect((await bench.observe(reroute)).figures).toMatchObject(figures), { timeout: 90_000, interval: 1_000 });
      await seen({ entered: '3', 'to the alternate': '3', 'to the primary': '0', 'still held': '0' });
      await channel.unbindQueue('work.b', reroutingOf(reroute.action).diversion.names.exchange, '#');
      for (let number = 0; number < 2; number += 1) await publish('claims.1');
      await seen({ missing: '2' });
    };
    await Promise.all([underPublishers(), counted()]);
  });

  it('is copied by the tap in every phase, each message once', async () => {
    const { vhost, text, publish, bench, channel, count } = await topology();
    const tapped = suite.tap(vhost, contracts({ channel: queueChannel(vhost, text.replace(/keys: \[.*?\], /, '')) }));
    await tapped.until(isBound(1));
    const published: string[] = [];
    const phase = async () => {
      for (let round = 0; round < 3; round += 1) {
        for (const key of KEYS) published.push(await publish(key));
        const looks = tapped.report()?.lastSuccessAt ?? 0;
        await tapped.until((state) => (state.report()?.lastSuccessAt ?? 0) > looks);
      }
    };
    await phase();
    const hold = await bench.hold('park');
    await phase();
    const reroute = await rerouted(bench, hold);
    await phase();
    // An application begins again and binds its queue, and the tap follows; then the hold is put back.
    for (const key of KEYS) await channel.bindQueue('work', 'claims', key);
    const looks = tapped.report()?.lastSuccessAt ?? 0;
    await tapped.until((state) => (state.report()?.lastSuccessAt ?? 0) > looks);
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    const atAlternate = await count('work.b');
    published.push(await publish('claims.cigna'));
    expect(await count('work.b')).toBe(atAlternate + 1);
    await phase();
    await bench.pull({ kind: 'restore', hold: reroute });
    await phase();
    await bench.pull({ kind: 'release', hold, perSecond: null });
    await phase();
    await tapped.until(() => tapped.messages.length >= published.length);
    expect(tapped.messages.map(({ nativeMessageId }) => nativeMessageId).toSorted()).toEqual(published.toSorted());
    expect(warningsOf(tapped).join(' ')).not.toContain('nroutable');
  });

  it('goes at a rate, stops before anything new is led on, and is taken back from half way', async () => {
    const { bench, publish, count } = await topology();
    const hold = await bench.hold('park');
    for (let index = 0; index < 12; index += 1) await publish('claims.cigna');
    const request = rerouteOver(hold, { perSecond: 10 });
    const plan = await bench.plan(request);
    const run = bench.run();
    const going = rabbitmqLevers.execute(bench.source, bench.target, request, plan, run);
    await vi.waitFor(() => expect(run.in('sent').length).toBeGreaterThan(2), { timeout: 20_000, interval: 5 });
    run.isStopped = true;
    const stopped = await going;
    expect(stopped).toMatchObject({ complete: false, inPlace: false, sentence: expect.stringMatching(/^Stopped after \d+ messages that were held went to "work\.b"\. Everything else stays held/) as string });
    expect(await count('work.b')).toBe(stopped.moved);
    await publish('claims.cigna');
    expect(await count('work.b')).toBe(stopped.moved);
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: String(13 - stopped.moved!) }, outsideActs: [] });

    const again = bench.run();
    const second = rerouteOver(hold);
    const planned = await bench.plan(second);
    await rabbitmqLevers.execute(bench.source, bench.target, second, planned, again);
    expect(await count('work.b')).toBe(13);
    // Called once more after it is in place, with the stop lever pulled, it stays so and says so.
    again.isStopped = true;
    const stoppedLate = await rabbitmqLevers.execute(bench.source, bench.target, second, planned, again);
    expect(stoppedLate).toMatchObject({ complete: false, sentence: expect.stringMatching(/^Stopped\. New messages of these go to "work\.b"/) as string });
    expect(stoppedLate.inPlace).toBeUndefined();
    await rabbitmqLevers.undo(bench.source, bench.target, second, planned, again);
    await publish('claims.cigna');
    expect([await count('work.b'), await count(parkNames(hold.id).queue)]).toEqual([13, 1]);
  });

  it('ends when the alternate is deleted on the way, and keeps what did not reach it', async () => {
    const { bench, publish, count, channel } = await topology();
    const hold = await bench.hold('park');
    for (let index = 0; index < 20; index += 1) await publish('claims.cigna');
    const request = rerouteOver(hold, { perSecond: 20 });
    const plan = await bench.plan(request);
    const run = bench.run();
    const going = rabbitmqLevers.execute(bench.source, bench.target, request, plan, run).catch((error: unknown) => error);
    await vi.waitFor(() => expect(run.in('sent').length).toBeGreaterThan(2), { timeout: 20_000, interval: 5 });
    await channel.deleteQueue('work.b');
    expect(String(await going)).toMatch(/Queue "work\.b" was deleted or unbound from our exchange/);
    const [sent, unknown] = [run.in('sent').length, run.in('unknown').length];
    expect(unknown).toBeGreaterThan(0);
    expect(sent + unknown).toBeLessThan(20);
    await rabbitmqLevers.undo(bench.source, bench.target, request, plan, run);
    expect(await count(parkNames(hold.id).queue)).toBeGreaterThanOrEqual(20 - sent - unknown);
    expect(await bench.observe(hold)).toMatchObject({ state: 'held', outsideActs: [] });
    await channel.assertQueue('work.b', { durable: true, arguments: { 'x-max-length': 5, 'x-overflow': 'reject-publish' } });
    expect((await bench.plan(rerouteOver(hold))).locks.map(({ code }) => code)).toEqual(['queue-refuses']);
  });

  it('takes everybody where the alternate does, and is locked where keys do not tell', async () => {
    const { bench, publish, count, channel } = await topology();
    const hold = await bench.hold('park');
    await publish('claims.aetna');
    const reroute = await rerouted(bench, hold, { enrolled: null });
    await publish('claims.humana');
    expect([await count('work.b'), await count(parkNames(hold.id).queue)]).toEqual([2, 0]);
    await bench.pull({ kind: 'restore', hold: reroute });
    const codes = async (told: Parameters<typeof rerouteOver>[1] = {}) => (await bench.plan(rerouteOver(hold, told))).locks.map(({ code }) => code);
    expect(await codes({ enrolled: [{ payer: 'nobody' }] })).toEqual(['keys-do-not-tell']);
    await channel.bindQueue(parkNames(hold.id).queue, parkNames(hold.id).exchange, 'claims.#');
    expect(await codes()).toEqual(['other-route']);
    await channel.unbindQueue(parkNames(hold.id).queue, parkNames(hold.id).exchange, 'claims.#');
    await channel.deleteQueue('work.b');
    expect(await codes()).toEqual(['no-destination']);
  });

  it('notices what others do, is not undone when the hold is put back, and leaves nothing when that is gone', async () => {
    const { bench, publish, count, channel, vhost } = await topology();
    const hold = await bench.hold('park');
    const reroute = await rerouted(bench, hold);
    const { names } = reroutingOf(reroute.action).diversion;
    await suite.broker.ctl('clear_policy', '-p', vhost, parkNames(hold.id).exchange);
    await vi.waitFor(async () => expect(await bench.observe(hold)).toMatchObject({ state: 'dropped' }), { timeout: 20_000 });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    await publish('claims.cigna');
    expect([await count('work.b'), await count(parkNames(hold.id).queue)]).toEqual([1, 0]);

    await channel.unbindQueue('work.b', names.exchange, 'claims.cigna');
    expect(await bench.observe(reroute)).toMatchObject({ state: 'dropped', outsideActs: [`Somebody unbound "work.b" from our exchange ${names.exchange}.`] });
    await rabbitmqLevers.reassert(bench.source, bench.target, reroute, bench.run());
    await publish('claims.cigna');
    expect(await count('work.b')).toBe(2);
    await channel.bindQueue(parkNames(hold.id).queue, parkNames(hold.id).exchange, 'claims.cigna');
    expect(await bench.observe(reroute)).toMatchObject({ state: 'dropped', sentence: 'Messages are held again.' });
    await rabbitmqLevers.reassert(bench.source, bench.target, reroute, bench.run());
    expect(await bench.observe(reroute)).toMatchObject({ state: 'active' });

    // Nothing leads into our queue any more: told, and put back.
    await channel.unbindQueue(parkNames(hold.id).queue, parkNames(hold.id).exchange, 'claims.aetna');
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', sentence: expect.stringMatching(/^Some messages reach neither "work" nor our queue/) as string });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    expect(await bench.observe(hold)).toMatchObject({ state: 'held' });

    await channel.deleteExchange(parkNames(hold.id).exchange);
    expect(await bench.observe(reroute)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('The hold that it lay over is gone') as string });
    expect((await bench.plan({ kind: 'restore', hold: reroute })).steps).toHaveLength(1);
    await bench.pull({ kind: 'restore', hold: reroute });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    await publish('claims.cigna');
    expect(await count(parkNames(hold.id).queue)).toBe(1);
  });
});

it('leads new messages of some elsewhere while what waits at stopped consumers stays held', async () => {
  const { vhost, bench: asAdmin, publish, count, text } = await topology();
  const app = await suite.broker.createUser({ permissions: { vhost, configure: '.*', write: '.*', read: '.*' } });
  const consumer = await Consumer.begin(suite.broker.amqpUrl(app, vhost), 'work');
  await publish('claims.cigna');
  await vi.waitFor(() => expect(consumer.ids).toHaveLength(1));
  const bench = suite.bench(vhost, text, { spec: spec(vhost) });
  await vi.waitFor(async () => expect((await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' })).locks).toEqual([]), { timeout: 20_000 });
  const hold = await bench.hold('stop-consumers');
  await publish('claims.cigna');
  const over = rerouteOver(hold);
  expect(await bench.plan(over)).toMatchObject({ goesAlong: '0', guarantee: { inFlight: 'What is in "work" already stays held there.' } });
  const reroute = await rerouted(asAdmin, hold);
  await publish('claims.cigna');
  await publish('claims.aetna');
  expect([await count('work'), await count('work.b')]).toEqual([2, 1]);
  expect(await bench.observe(reroute)).toMatchObject({ state: 'active' });
  await bench.pull({ kind: 'release', hold, perSecond: null });
  await bench.pull({ kind: 'restore', hold: reroute });
  await consumer.stop();
});
