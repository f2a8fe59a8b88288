import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ConsumeMessage } from 'amqplib';
import { field, publishRaw, sized } from '../messages/testing/raw-publish';
import { parkNames } from '../own-names';
import { exactProperties } from './amqp/exact-messages';
import { LeverConnection } from './broker-access';
import { rabbitmqLevers } from './index';
import { leverSuite } from './testing/lever-suite';
import { Consumer, doubled, Publisher } from './testing/publishers';

const suite = leverSuite();
const CHANNEL = 'exchange: claims, keys: ["claims.*"], name: work, deadLetter: { queue: work.dead }';

async function topology(type: 'classic' | 'quorum' = 'classic', exchangeType = 'topic') {
  const { vhost, channel } = await suite.openVhost();
  await channel.assertExchange('claims', exchangeType, { durable: true });
  await channel.assertQueue('work', { durable: true, arguments: { 'x-queue-type': type } });
  await channel.bindQueue('work', 'claims', 'claims.*');
  const publish = async (ids: readonly string[], headers: Record<string, unknown> = {}, key = 'claims.837') => {
    for (const messageId of ids) channel.publish('claims', key, Buffer.from(`{"id":"${messageId}"}`), { persistent: true, messageId, headers });
    await channel.waitForConfirms();
  };
  return { vhost, channel, publish, url: suite.broker.amqpUrl(undefined, vhost), bench: suite.bench(vhost, CHANNEL) };
}

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, index) => `m-${from + index}`);

async function drain(channel: Awaited<ReturnType<typeof topology>>['channel'], queue: string): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = [];
  for (let message = await channel.get(queue, { noAck: true }); message; message = await channel.get(queue, { noAck: true })) messages.push(message as unknown as ConsumeMessage);
  return messages;
}
const idsOf = (messages: readonly ConsumeMessage[]) => messages.map(({ properties }) => String(properties.messageId));

describe('parking', () => {
  it('parks what is new, leaves what waits, and releases in order with everything as it was', async () => {
    const { channel, publish, bench } = await topology();
    await publish(numbered(0, 3));
    const hold = await bench.hold('park');
    await publish(numbered(3, 5));
    expect(await channel.checkQueue('work')).toMatchObject({ messageCount: 3 });
    expect(await bench.observe(hold)).toMatchObject({ state: 'draining', figures: { parked: '5', waiting: '3' }, outsideActs: [] });
    expect(idsOf(await drain(channel, 'work'))).toEqual(numbered(0, 3));
    await vi.waitFor(async () => expect(await bench.observe(hold)).toMatchObject({ state: 'held', figures: { parked: '5' } }), { timeout: 20_000 });

    expect(await bench.pull({ kind: 'release', hold, perSecond: null })).toMatchObject({ moved: 5, possibleDuplicates: 0, complete: true });
    await publish(numbered(8, 1));
    const got = await drain(channel, 'work');
    expect(idsOf(got)).toEqual(numbered(3, 6));
    expect(got.map(({ fields }) => fields.routingKey)).toEqual(Array(6).fill('claims.837'));
    expect(await suite.broker.ctl('list_policies', '-p', bench.source.settings.vhosts[0]!, '--silent')).not.toContain('signalbox');
    expect(await suite.broker.ctl('list_queues', '-p', bench.source.settings.vhosts[0]!, '--silent', 'name')).not.toContain('signalbox');
    expect(await suite.broker.ctl('list_exchanges', '-p', bench.source.settings.vhosts[0]!, '--silent', 'name')).not.toContain('signalbox');
  });

  it('is held as soon as nothing can be delivered any more, and says what a consumer has not acknowledged yet', async () => {
    const { channel, publish, bench } = await topology();
    const taken: ConsumeMessage[] = [];
    await channel.consume('work', (message) => message && taken.push(message));
    await publish(numbered(0, 2));
    await vi.waitFor(() => expect(taken).toHaveLength(2));
    const hold = await bench.hold('park');
    await publish(numbered(2, 1));
    expect(await bench.observe(hold)).toMatchObject({ state: 'held', sentence: expect.stringContaining('they finish'), figures: { parked: '1', waiting: '0' } });
    await vi.waitFor(async () => expect(await bench.observe(hold)).toMatchObject({ state: 'held', sentence: expect.stringContaining('2 that its consumers'), figures: { unacknowledged: '2' } }), { timeout: 30_000 });
    // Put back, it is delivered once more; then the consumer is done with it.
    for (const message of taken.splice(0)) channel.nack(message);
    await vi.waitFor(() => expect(taken).toHaveLength(2));
    for (const message of taken) channel.ack(message);
    await vi.waitFor(async () => expect((await bench.observe(hold)).sentence).toBe('New messages are parked, and nothing waits in "work".'), { timeout: 30_000 });
  });

  it('loses nothing and doubles nothing in 12 toggles under three publishers', async () => {
    const { url, bench } = await topology();
    const consumer = await Consumer.begin(url, 'work');
    const publishers = ['a', 'b', 'c'].map((name) => new Publisher(url, name, 'claims', 'claims.837'));
    let moved = 0;
    for (let toggle = 0; toggle < 12; toggle++) {
      const before = publishers.reduce((sum, { sent }) => sum + sent, 0);
      const hold = await bench.hold('park');
      await vi.waitFor(() => expect(publishers.reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(before + 30), { timeout: 30_000 });
      moved += (await bench.pull({ kind: 'release', hold, perSecond: null })).moved ?? 0;
    }
    const sent = (await Promise.all(publishers.map((publisher) => publisher.stop()))).reduce((sum, count) => sum + count, 0);
    await vi.waitFor(() => expect(consumer.ids.length).toBeGreaterThanOrEqual(sent), { timeout: 30_000 });
    await consumer.stop();
    expect(doubled(consumer.ids)).toEqual([]);
    expect(new Set(consumer.ids).size).toBe(sent);
    expect(moved).toBeGreaterThan(12 * 20);
  }, 300_000);

  it.each(['classic', 'quorum'] as const)('lets the first and those of one payer pass a %s hold, the rest in order', async (type) => {
    const { vhost, channel, publish } = await topology(type);
    const bench = suite.bench(vhost, CHANNEL, { spec: 'fields:\n  payer: { from: [header:x-payer] }' });
    const hold = await bench.hold('park');
    await publish(numbered(0, 3), { 'x-payer': 'aetna' });
    await publish(numbered(3, 3), { 'x-payer': 'cigna' });
    await publish(numbered(6, 3), { 'x-payer': 'aetna' });
    const first = bench.run();
    expect(await bench.pull({ kind: 'canary', hold, which: { by: 'count', count: 2 } }, first)).toMatchObject({ moved: 2, complete: true });
    expect(first.in('sent')).toEqual(['m-0', 'm-1']);
    const payer = bench.run();
    expect(await bench.pull({ kind: 'canary', hold, which: { by: 'payer', payer: 'cigna', atMost: 2 } }, payer)).toMatchObject({ moved: 2 });
    expect(payer.in('sent')).toEqual(['m-3', 'm-4']);
    expect(await bench.pull({ kind: 'canary', hold, which: { by: 'payer', payer: 'nobody', atMost: 2 } })).toMatchObject({ moved: 0, sentence: 'No parked message fits; none was sent.' });
    expect(idsOf(await drain(channel, 'work'))).toEqual(['m-0', 'm-1', 'm-3', 'm-4']);
    await bench.pull({ kind: 'release', hold, perSecond: null });
    expect(idsOf(await drain(channel, 'work'))).toEqual(['m-2', 'm-5', 'm-6', 'm-7', 'm-8']);
  });

  it('moves headers byte for byte, also those that the client library cannot read or would write as another type', async () => {
    const { channel, bench } = await topology();
    const hold = await bench.hold('park');
    const long = Buffer.alloc(8);
    long.writeBigInt64BE(9_007_199_254_740_993n);
    const odd = [field('attempt', 'I', Buffer.from([0, 0, 0, 5])), field('account', 'l', long), field('latin', 'S', sized(Buffer.from([0xe4, 0xf6]))), field('u', 'u', Buffer.from([1, 2]))];
    publishRaw(channel, 'claims', 'claims.837', Buffer.concat(odd), Buffer.from('odd'));
    await vi.waitFor(async () => expect((await bench.observe(hold)).figures['parked']).toBe('1'), { timeout: 10_000 });
    await bench.pull({ kind: 'release', hold, perSecond: null });
    const connection = await LeverConnection.open(bench.source, bench.source.settings.vhosts[0]!);
    const reading = await connection.channel();
    const message = await new Promise<ConsumeMessage>((resolve) => { void reading.consume('work', (one) => one && resolve(one), { noAck: true }); });
    const bytes = exactProperties(message);
    for (const entry of odd) expect(bytes.includes(entry)).toBe(true);
    expect(message.content.toString()).toBe('odd');
    await connection.close();
  });

  it('parks only what the queue would have got: what nothing takes is still returned to its sender', async () => {
    const { channel, bench } = await topology();
    const hold = await bench.hold('park');
    const returned: string[] = [];
    channel.on('return', (message: ConsumeMessage) => returned.push(message.fields.routingKey));
    channel.publish('claims', 'other.key.of.nobody', Buffer.from('x'), { mandatory: true });
    channel.publish('claims', 'claims.835', Buffer.from('x'), { mandatory: true });
    await channel.waitForConfirms();
    expect(returned).toEqual(['other.key.of.nobody']);
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: '1' } });
  });

  it('keeps what a policy in force says, and the alternate exchange that it names', async () => {
    const { vhost, channel, bench } = await topology();
    await channel.assertExchange('lost', 'fanout');
    await channel.assertQueue('lost.and.found');
    await channel.bindQueue('lost.and.found', 'lost', '');
    await suite.broker.put(['policies', vhost, 'ae'], { pattern: '^claims$', definition: { 'alternate-exchange': 'lost' }, priority: 5, 'apply-to': 'exchanges' });
    const hold = await bench.hold('park');
    channel.publish('claims', 'nobody.takes.this', Buffer.from('x'));
    channel.publish('claims', 'claims.1', Buffer.from('x'));
    await channel.waitForConfirms();
    expect(await channel.checkQueue('lost.and.found')).toMatchObject({ messageCount: 1 });
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: '1' } });
    await bench.pull({ kind: 'release', hold, perSecond: null });
    channel.publish('claims', 'nobody.takes.this', Buffer.from('x'));
    await channel.waitForConfirms();
    expect(await channel.checkQueue('lost.and.found')).toMatchObject({ messageCount: 2 });
  });

  it('is locked where a message could be lost or go astray, and says why', async () => {
    const { vhost, channel, bench } = await topology();
    const codes = async (method: 'park' = 'park') => (await bench.plan({ kind: 'pause', holdId: randomUUID(), method })).locks.map(({ code }) => code);
    expect(await codes()).toEqual([]);
    await channel.assertQueue('audit');
    await channel.bindQueue('audit', 'claims', '#');
    expect(await codes()).toEqual(['other-route']);
    await channel.unbindQueue('audit', 'claims', '#');
    await channel.unbindQueue('work', 'claims', 'claims.*');
    expect(await codes()).toEqual(['not-bound']);
    await channel.bindQueue('work', 'claims', 'claims.*');
    await suite.broker.put(['operator-policies', vhost, 'short'], { pattern: '.*', definition: { 'message-ttl': 1000 }, 'apply-to': 'queues' });
    expect(await codes()).toEqual(['operator-policy']);
    await suite.broker.delete(['operator-policies', vhost, 'short']);

    await channel.assertExchange('fixed', 'topic', { alternateExchange: 'claims' });
    await channel.bindQueue('work', 'fixed', '#');
    const fixed = suite.bench(vhost, 'exchange: fixed, name: work');
    expect((await fixed.plan({ kind: 'pause', holdId: randomUUID(), method: 'park' })).locks.map(({ code }) => code)).toEqual(['alternate-exchange']);
    const plain = suite.bench(vhost, 'name: work');
    expect((await plain.plan({ kind: 'pause', holdId: randomUUID(), method: 'park' })).locks.map(({ code }) => code)).toEqual(['default-exchange']);
    const observed = suite.bench(vhost, CHANNEL, { levers: null });
    expect((await observed.plan({ kind: 'pause', holdId: randomUUID(), method: 'park' })).locks.map(({ code }) => code)).toEqual(['no-lever-credentials']);
    expect((await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'park' })).warnings.join(' ')).toContain('Exchange "fixed" still leads messages to "work"');
    await bench.hold('park');
    expect(await codes()).toContain('other-hold');
  });

  it('outranks a policy that would drop what is parked', async () => {
    const { vhost, publish, bench } = await topology();
    await suite.broker.put(['policies', vhost, 'short'], { pattern: '.*', definition: { 'max-length': 1 }, priority: 9, 'apply-to': 'queues' });
    const hold = await bench.hold('park');
    await publish(numbered(0, 4));
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: '4' } });
  });

  it('stops within a second, leaves the rest parked, and goes on where it stopped', async () => {
    const { channel, publish, bench } = await topology();
    const hold = await bench.hold('park');
    await publish(numbered(0, 200));
    const run = bench.run();
    const releasing = bench.pull({ kind: 'release', hold, perSecond: 50 }, run);
    await vi.waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBeGreaterThan(10), { timeout: 20_000 });
    run.isStopped = true;
    const stopped = await releasing;
    expect(stopped.complete).toBe(false);
    expect(stopped.moved).toBeLessThan(200);
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: String(200 - stopped.moved!) } });
    await bench.pull({ kind: 'release', hold, perSecond: null });
    expect(idsOf(await drain(channel, 'work'))).toEqual(numbered(0, 200));
  });

  it('notices what others do to it', async () => {
    const { vhost, channel, publish, bench } = await topology();
    const hold = await bench.hold('park');
    await suite.broker.delete(['policies', vhost, (hold.action as { diversion: { names: { exchange: string } } }).diversion.names.exchange]);
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: [expect.stringContaining('removed or outranked the policy')] });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    expect(await bench.observe(hold)).toMatchObject({ state: 'held', outsideActs: [] });
    await channel.bindQueue('work', 'claims', 'claims.*');
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', outsideActs: [expect.stringContaining('bound "work" to exchange "claims" again')] });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    await publish(numbered(0, 1));
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: '1' } });
    await channel.deleteQueue((hold.action as { diversion: { target: string } }).diversion.target);
    expect(await bench.observe(hold)).toMatchObject({ state: 'dropped', figures: { parked: '0' }, outsideActs: [expect.stringContaining('deleted our queue')] });
    await rabbitmqLevers.reassert(bench.source, bench.target, hold, bench.run());
    await publish(numbered(1, 2));
    await channel.deleteQueue('work');
    expect(await bench.observe(hold)).toMatchObject({ state: 'leaking', sentence: expect.stringContaining('2 parked messages can go nowhere'), outsideActs: [expect.stringContaining('deleted queue "work"')] });
  });

  it('needs no more than what the how-to says', async () => {
    const { vhost, channel, publish } = await topology();
    await channel.assertQueue('work.dead', { durable: true });
    const levers = await suite.broker.createUser({
      tags: ['policymaker', 'monitoring'],
      permissions: { vhost, configure: String.raw`^signalbox\.`, write: String.raw`^(signalbox\..*|work|work\.dead)$`, read: String.raw`^(signalbox\..*|claims|work\.dead)$` },
    });
    const bench = suite.bench(vhost, CHANNEL, { levers });
    const hold = await bench.hold('park');
    await publish(numbered(0, 3));
    expect(await bench.pull({ kind: 'canary', hold, which: { by: 'count', count: 1 } })).toMatchObject({ moved: 1 });
    expect(await bench.pull({ kind: 'release', hold, perSecond: null })).toMatchObject({ moved: 2, complete: true });
    expect((await bench.plan({ kind: 'pause', holdId: randomUUID(), method: 'stop-consumers' })).locks.map(({ code }) => code)).toContain('lever-permission');
    channel.sendToQueue('work.dead', Buffer.from('x'), { messageId: 'dead', persistent: true });
    await channel.waitForConfirms();
    const run = bench.run();
    run.want(['dead']);
    expect(await bench.pull({ kind: 'replay', items: [{ itemKey: 'dead', position: 0, messageId: 'dead' }], to: 'queue', perSecond: null, order: 'fifo' }, run)).toMatchObject({ moved: 1 });

    const weak = await suite.broker.createUser({ tags: ['policymaker', 'monitoring'], permissions: { vhost, configure: String.raw`^signalbox\.`, write: String.raw`^signalbox\.`, read: String.raw`^(signalbox\..*|claims)$` } });
    const weakBench = suite.bench(vhost, CHANNEL, { levers: weak });
    const request = { kind: 'pause', holdId: randomUUID(), method: 'park' } as const;
    const plan = await weakBench.plan(request);
    await expect(rabbitmqLevers.execute(weakBench.source, weakBench.target, request, plan, weakBench.run())).rejects.toThrow(/no access to queue 'work'/);
    // Nothing was taken off: messages still reach the queue.
    await publish(['still']);
    expect(idsOf(await drain(channel, 'work'))).toContain('still');
  });

  it('is undone from half way without losing what was parked so far', async () => {
    const { channel, publish, bench } = await topology();
    const request = { kind: 'pause', holdId: randomUUID(), method: 'park' } as const;
    const plan = await bench.plan(request);
    await rabbitmqLevers.execute(bench.source, bench.target, request, plan, bench.run());
    await publish(numbered(0, 3));
    const run = bench.run();
    run.isStopped = true;
    await rabbitmqLevers.undo(bench.source, bench.target, request, plan, run);
    await publish(numbered(3, 1));
    expect(idsOf(await drain(channel, 'work'))).toEqual(numbered(0, 4));
  });

  it.each(['classic', 'quorum'] as const)('is undone with the commands of its card while we are away (%s)', async (type) => {
    const { channel, publish, bench } = await topology(type);
    const request = { kind: 'pause', holdId: randomUUID(), method: 'park' } as const;
    const plan = await bench.plan(request);
    await rabbitmqLevers.execute(bench.source, bench.target, request, plan, bench.run());
    await publish(numbered(0, 50));
    const { admin, managementUrl } = suite.broker;
    for (const { what, command } of plan.nativeCommands) {
      const filled = command.replace('<user>:<password>', `${admin.user}:${admin.password}`).replace('<management>', managementUrl);
      const out = filled.startsWith('rabbitmqctl ') ? await suite.broker.ctl(...shellWords(filled).slice(1)) : await promisify(execFile)('sh', ['-c', filled]).then(({ stdout }) => stdout);
      if (what.startsWith('See how much')) expect(out).toContain(parkNames(request.holdId).queue);
    }
    await publish(numbered(50, 1));
    await vi.waitFor(async () => expect(await channel.checkQueue('work')).toMatchObject({ messageCount: 51 }), { timeout: 20_000 });
    const got = await drain(channel, 'work');
    expect(idsOf(got).toSorted()).toEqual(numbered(0, 51).toSorted());
    expect(got.every(({ fields }) => fields.exchange === 'claims' && fields.routingKey === 'claims.837')).toBe(true);
    expect(await channel.checkQueue(parkNames(request.holdId).queue)).toMatchObject({ messageCount: 0 });
  });
});

/** As a shell takes a command apart. */
function shellWords(command: string): string[] {
  return [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain]) => quoted?.replaceAll(`'\\''`, `'`) ?? plain!);
}
