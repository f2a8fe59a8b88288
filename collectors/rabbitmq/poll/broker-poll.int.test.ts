import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import { startTestBroker, type TestBroker } from '@/scripts/testing/broker';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { brokerSource, contractsOf, watchBroker, SOURCE_ID } from '../testing/watched-broker';
import { queueChannelId } from './contract-queues';

let broker: TestBroker;
const open: ChannelModel[] = [];

beforeAll(async () => {
  broker = await startTestBroker();
});
afterAll(async () => {
  await Promise.all(open.map((connection) => connection.close().catch(() => undefined)));
  await broker?.stop();
});

async function openVhost(): Promise<{ vhost: string; channel: ConfirmChannel }> {
  const vhost = await broker.createVhost();
  const connection = await connectAmqp(broker.amqpUrl(undefined, vhost));
  open.push(connection);
  return { vhost, channel: await connection.createConfirmChannel() };
}

function contractOn(...channelTexts: string[]) {
  const files = [SOURCES, ...channelTexts.map((channel, index) => flowText({ id: `flow-${index}`, channel }))];
  return contractsOf(files.flatMap((text, index) => {
    const { documents, problems } = parseContractFile(`f${index}.yaml`, text);
    expect(problems).toEqual([]);
    return documents.map(({ body }) => body);
  }));
}

const nothing = contractOn();
const admin = (vhosts: string[]) => brokerSource({ management: broker.managementUrl, observe: broker.admin, vhosts });

describe('a look at a broker', () => {
  it('reads classic, quorum, stream and priority queues with depth, consumers and totals', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertExchange('claims', 'topic');
    await channel.assertQueue('classic');
    await channel.assertQueue('quorum', { arguments: { 'x-queue-type': 'quorum' } });
    await channel.assertQueue('stream', { arguments: { 'x-queue-type': 'stream' } });
    await channel.assertQueue('priority', { maxPriority: 3 });
    for (const queue of ['classic', 'quorum', 'stream', 'priority']) await channel.bindQueue(queue, 'claims', '#');
    const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
    for (let index = 0; index < 10; index++) channel.publish('claims', 'claim.new', Buffer.from('{}'), { timestamp: anHourAgo });
    await channel.waitForConfirms();
    await channel.prefetch(3);
    const taken: number[] = [];
    await new Promise<void>((resolve) => {
      void channel.consume('quorum', (message) => {
        if (!message) return;
        taken.push(message.fields.deliveryTag);
        if (taken.length === 1) channel.ack(message);
        if (taken.length === 4) resolve();
      });
    });
    const watched = watchBroker(admin([vhost]), nothing, vhost);
    const seen = await watched.until(({ of }) => of('quorum').counters?.left === 1n && of('quorum').waiting === 6n && of('quorum').inFlight === 3n && of('stream').counters?.entered === 10n && of('classic').waiting === 10n
      && { classic: of('classic'), quorum: of('quorum'), stream: of('stream'), priority: of('priority') });
    expect(seen.quorum).toMatchObject({ ok: true, channelType: 'quorum', state: 'running', waiting: 6n, inFlight: 3n, consumers: 1, counters: { entered: 10n, delivered: 4n, left: 1n, redelivered: 0n }, oldestAgeMs: null, ageMethod: 'unknown' });
    expect(seen.classic).toMatchObject({ channelType: 'classic', waiting: 10n, inFlight: 0n, consumers: 0, bytes: 20n, ageMethod: 'head' });
    expect(seen.classic.oldestAgeMs).toBeGreaterThanOrEqual(3_600_000);
    expect(seen.stream).toMatchObject({ channelType: 'stream', waiting: null, counters: { entered: 10n, left: null } });
    expect(seen.priority).toMatchObject({ ageMethod: 'unknown', oldestAgeMs: null, ageNote: 'In a priority queue the message at the head is not the oldest.' });
    await watched.poll.close();
  });

  it('reads 1,000 queues in one sequence of two pages and a handful of requests', async () => {
    const { vhost, channel } = await openVhost();
    for (let index = 0; index < 1000; index++) await channel.assertQueue(`work.${index}`);
    const watched = watchBroker(admin([vhost]), nothing, vhost);
    const seen = await watched.look();
    expect(seen.samples).toHaveLength(1000);
    expect(seen.source).toMatchObject({ ok: true, channels: 1000 });
    const { topology } = watched.poll.surroundings;
    await expect.poll(() => topology.current()?.queues.length, { timeout: 30_000 }).toBe(1000);
    // Overview, nodes and two pages; beside it once a minute the wiring: two kinds of policies, exchanges, bindings, two pages.
    expect(watched.poll.client.requests).toBe(4 + 6);
    await watched.look();
    expect(watched.poll.client.requests).toBe(4 + 6 + 4);
    await watched.poll.close();
  });

  it('reads whatever names people gave', async () => {
    const vhost = await broker.createVhost('team/a b?ü');
    const connection = await connectAmqp(broker.amqpUrl(undefined, vhost));
    open.push(connection);
    const channel = await connection.createConfirmChannel();
    const names = ['..', '.', 'a/b', '%2F', 'ü:x y', '#?&='];
    for (const name of names) {
      await channel.assertExchange(name, 'topic');
      await channel.assertQueue(name);
      await channel.bindQueue(name, name, name);
    }
    const watched = watchBroker(admin([vhost]), nothing, vhost);
    const { samples } = await watched.look();
    expect(samples.map(({ channelId }) => channelId).toSorted()).toEqual(names.map((name) => queueChannelId(SOURCE_ID, vhost, name)).toSorted());
    const { topology } = watched.poll.surroundings;
    for (const name of names.slice(2)) {
      const bindings = await topology.bindingsFrom(vhost, name, new AbortController().signal);
      expect(bindings).toMatchObject([{ vhost, source: name, destination: name, destinationType: 'queue', routingKey: name }]);
    }
    await expect(topology.bindingsFrom(vhost, '..', new AbortController().signal)).rejects.toThrow('cannot be asked');
    await watched.poll.close();
  });

  it('begins anew with a queue that was deleted and declared again, also when its totals are higher than before', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertQueue('work');
    const publish = async (count: number) => {
      for (let index = 0; index < count; index++) channel.sendToQueue('work', Buffer.from('{}'));
      await channel.waitForConfirms();
    };
    await publish(5);
    const watched = watchBroker(admin([vhost]), nothing, vhost);
    const before = await watched.until(({ of }) => of('work').counters?.entered === 5n && of('work').counters);
    await channel.deleteQueue('work');
    await channel.assertQueue('work');
    await publish(7);
    const after = await watched.until(({ of }) => of('work').counters?.entered === 7n && of('work').counters);
    expect(after.epoch).not.toBe(before.epoch);
    await watched.poll.close();
  });

  it('tells a queue that a contract names and that is missing from one that it cannot look for', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertQueue('there');
    const contracts = contractOn(
      `{ source: ${SOURCE_ID}, kind: queue, vhost: ${vhost}, name: there }`,
      `{ source: ${SOURCE_ID}, kind: queue, vhost: ${vhost}, name: gone, deadLetter: { queue: gone.dead } }`,
      `{ source: ${SOURCE_ID}, kind: queue, vhost: elsewhere, name: other }`,
    );
    const ofName = (samples: { channelId: string }[], queue: string, inVhost = vhost) => samples.find(({ channelId }) => channelId === queueChannelId(SOURCE_ID, inVhost, queue));

    const everywhere = await watchBroker(admin([]), contracts).look();
    expect(ofName(everywhere.samples, 'there')).toMatchObject({ ok: true });
    for (const queue of ['gone', 'gone.dead']) expect(ofName(everywhere.samples, queue)).toMatchObject({ ok: true, state: 'missing', waiting: null, counters: null });
    expect(ofName(everywhere.samples, 'other', 'elsewhere')).toMatchObject({ ok: false, error: 'There is no virtual host elsewhere on this broker. Correct the contract or the source\'s virtual hosts, or create it.' });

    const restricted = await watchBroker(admin([vhost]), contracts).look();
    expect(ofName(restricted.samples, 'gone')).toMatchObject({ ok: true, state: 'missing' });
    expect(ofName(restricted.samples, 'other', 'elsewhere')).toMatchObject({ ok: false, error: expect.stringContaining('restricted to other virtual hosts') });

    const blind = await broker.createUser({ tags: ['monitoring'] });
    for (const vhosts of [[], [vhost]]) {
      const seen = await watchBroker(brokerSource({ management: broker.managementUrl, observe: blind, vhosts }), contracts).look();
      expect(ofName(seen.samples, 'there')).toMatchObject({ ok: false, waiting: null, error: expect.stringContaining('it has no permission in that virtual host') });
    }
  });

  it('sees depth without the right to see nodes, and says what it cannot see', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertQueue('work');
    const observer = await broker.createUser({ tags: ['management'], permissions: { vhost, configure: '^$', write: '^$', read: '.*' } });
    const seen = await watchBroker(brokerSource({ management: broker.managementUrl, observe: observer }), nothing).look();
    expect(seen.samples).toMatchObject([{ ok: true, channelId: queueChannelId(SOURCE_ID, vhost, 'work') }]);
    expect(seen.source).toMatchObject({ ok: true, alarms: [], blockedConnections: 0 });
    expect(seen.report).toMatchObject({ status: 'ok', detail: { nodes: null } });
  });

  it('leaves business queues as they were: no consumer, no delivery, no requeue', async () => {
    const { vhost, channel } = await openVhost();
    await channel.assertQueue('work', { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 } });
    for (let index = 0; index < 20; index++) channel.sendToQueue('work', Buffer.from('{}'));
    await channel.waitForConfirms();
    const watched = watchBroker(admin([vhost]), nothing, vhost);
    await watched.until(({ of }) => of('work').counters?.entered === 20n && of('work').waiting === 20n);
    for (let look = 0; look < 20; look++) await watched.look();
    const stats = await watched.poll.client.get(`queues/${encodeURIComponent(vhost)}/work`, 'the queue', new AbortController().signal);
    expect(stats.body).toMatchObject({ messages_ready: 20, consumers: 0, message_stats: { publish: 20 } });
    const delivered = await watched.until(({ of }) => of('work').counters);
    expect(delivered).toMatchObject({ entered: 20n, delivered: 0n, left: 0n, redelivered: 0n });
    await watched.poll.close();
  });
});
