import type { ConfirmChannel, ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import { sharedTestBroker, type SharedTestBroker } from '@/scripts/testing/broker';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import type { BacklogSample, FailedMessage, SourceSample, TapMessage } from '@/server/domain/taps/facts';
import { createLogger } from '../runtime/logger';
import type { ConnectedSource, ContractsInForce, TapReport } from '../runtime/taps/connector';
import { everyGridInstant } from '../runtime/taps/poll-grid';
import { rabbitmqConnector } from '.';
import { describeBroker } from './describe/describe';
import { discoverBroker } from './discovery/discover';
import { startTcpProxy } from './testing/tcp-proxy';
import { brokerSource, contractsOf, SOURCE_ID } from './testing/watched-broker';

let broker: SharedTestBroker;
const open: ChannelModel[] = [];
const never = new AbortController().signal;
const amqpAddress = () => `amqp://127.0.0.1:${new URL(broker.amqpUrl()).port}`;

beforeAll(async () => {
  broker = await sharedTestBroker();
});
afterAll(() => Promise.all(open.map((connection) => connection.close().catch(() => undefined))));

async function claimsVhost(): Promise<{ vhost: string; channel: ConfirmChannel }> {
  const vhost = await broker.createVhost();
  const connection = await connectAmqp(broker.amqpUrl(undefined, vhost));
  open.push(connection);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('claims', 'topic');
  await channel.assertExchange('claims.dlx', 'topic');
  await channel.assertExchange('guarded', 'topic', { alternateExchange: 'claims' });
  await channel.assertQueue('claims.work', { arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 }, deadLetterExchange: 'claims.dlx' });
  await channel.assertQueue('claims.dead');
  await channel.assertQueue('claims.direct');
  await channel.assertQueue('claims.log', { arguments: { 'x-queue-type': 'stream' } });
  await channel.bindQueue('claims.work', 'claims', 'claim.*.new');
  await channel.bindQueue('claims.dead', 'claims.dlx', '#');
  await broker.put(['policies', vhost, 'letters'], { pattern: '^claims\\.direct$', definition: { 'dead-letter-exchange': '', 'dead-letter-routing-key': 'claims.dead' }, 'apply-to': 'queues' });
  return { vhost, channel };
}

describe('testing the connection of a broker', () => {
  it('says what an administrator with levers may do', async () => {
    const { vhost } = await claimsVhost();
    const found = await describeBroker(brokerSource({ management: broker.managementUrl, amqp: amqpAddress(), observe: broker.admin, levers: broker.admin, vhosts: [vhost] }), never);
    expect(found).toMatchObject({ reachable: true, problem: '', product: 'RabbitMQ', version: '3.10.8', isTestedVersion: true, clockDifferenceMs: 0 });
    expect(found.capabilities.map(({ id, available }) => [id, available])).toEqual([['depth', true], ['rates', true], ['message-tap', true], ['dead-letters', true], ['age', true], ['alarms', true]]);
    expect(found.permissions.filter(({ granted }) => granted !== true)).toEqual([]);
    expect(new Set(found.permissions.map((finding) => finding.for))).toEqual(new Set(['observe', 'message-tap', 'pause', 'canary', 'release', 'replay', 'reroute']));
    expect(found.capabilities.find(({ id }) => id === 'dead-letters')?.note).toContain('1 queue sends dead letters through the default exchange: counts only.');
    expect(found.notes.join(' ')).toContain('1 exchange has an alternate exchange and is not tapped');
  });

  it('finds out what is missing without making, binding or consuming anything', async () => {
    const { vhost } = await claimsVhost();
    const observe = await broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^signalbox\\.tap\\.', write: '^signalbox\\.tap\\.', read: '^(signalbox\\.tap\\..*|claims)$' } });
    const levers = await broker.createUser({ tags: ['policymaker'], permissions: { vhost, configure: '^$', write: '^$', read: '^$' } });
    const before = await broker.ctl('list_queues', '--vhost', vhost, 'name', 'messages');
    const amqp = amqpAddress();
    const found = await describeBroker(brokerSource({ management: broker.managementUrl, amqp, observe, levers, vhosts: [vhost] }), never);
    const tap = found.permissions.filter((finding) => finding.for === 'message-tap');
    expect(tap.map(({ granted }) => granted)).toEqual([true, true, true, false]);
    expect(tap.at(-1)?.note).toBe('Not allowed for: claims.dlx, guarded. Only those that flows use are needed.');
    await broker.put(['topic-permissions', vhost, observe.user], { exchange: 'claims', write: '^claim\\.', read: '^claim\\.' });
    const byTopic = await describeBroker(brokerSource({ management: broker.managementUrl, amqp, observe, vhosts: [vhost] }), never);
    expect(byTopic.permissions.filter((finding) => finding.for === 'message-tap').at(-1)).toMatchObject({ granted: false, note: tap.at(-1)?.note });
    const pause = found.permissions.filter((finding) => finding.for === 'pause');
    expect(pause.map(({ granted }) => granted)).toEqual([false, null]);
    expect(pause[0]?.note).toBe('The user lacks the tag administrator. Run: rabbitmqctl set_user_tags <user> policymaker administrator');
    expect(await broker.ctl('list_queues', '--vhost', vhost, 'name', 'messages')).toBe(before);

    const narrow = await broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^$', write: '^$', read: '^$' } });
    const without = await describeBroker(brokerSource({ management: broker.managementUrl, amqp, observe: narrow, vhosts: [vhost] }), never);
    expect(without.permissions.filter((finding) => finding.for === 'message-tap').map(({ granted }) => granted)).toEqual([false, false, false, null]);
    expect(without.capabilities.find(({ id }) => id === 'message-tap')).toMatchObject({ available: false });
    const forReplay = without.permissions.filter((finding) => finding.for === 'replay');
    expect(forReplay).toHaveLength(2);
    for (const finding of forReplay) expect(finding).toMatchObject({ granted: false, note: 'No credentials for levers are stored: the source is observe-only.' });
  });

  it('never throws: refused, no management user, no virtual host, nobody there, no RabbitMQ', async () => {
    const description = (observe: Parameters<typeof brokerSource>[0]['observe'], management = broker.managementUrl) => describeBroker(brokerSource({ management, observe }), never);
    expect(await description({ ...broker.admin, password: 'wrong' })).toMatchObject({ reachable: false, problem: expect.stringContaining('refused the user or the password') });
    expect(await description(null)).toMatchObject({ reachable: false, problem: expect.stringContaining('no user to observe with') });
    expect(await description(await broker.createUser({}))).toMatchObject({ reachable: false, problem: expect.stringContaining('it has no tag for it') });
    expect(await description(broker.admin, `${broker.managementUrl}/elsewhere`)).toMatchObject({ reachable: false, problem: expect.stringContaining('has no management API there') });
    expect(await description(broker.admin, `http://127.0.0.1:${new URL(broker.amqpUrl()).port}`)).toMatchObject({ reachable: false, problem: expect.stringContaining('Is it the AMQP port?') });
    expect(await description(broker.admin, `https://127.0.0.1:${new URL(broker.managementUrl).port}`)).toMatchObject({ reachable: false, problem: expect.stringContaining('TLS') });
    const proxy = await startTcpProxy(1);
    await proxy.close();
    expect(await description(broker.admin, `http://127.0.0.1:${proxy.port}`)).toMatchObject({ reachable: false, problem: expect.stringContaining('Nothing listens at') });
    const monitor = await broker.createUser({ tags: ['monitoring'] });
    const blind = await description(monitor);
    expect(blind).toMatchObject({ reachable: true });
    expect(blind.capabilities.find(({ id }) => id === 'depth')).toMatchObject({ available: false });
    const aborted = new AbortController();
    aborted.abort(new Error('The question was withdrawn.'));
    expect(await describeBroker(brokerSource({ management: broker.managementUrl, observe: broker.admin }), aborted.signal)).toMatchObject({ reachable: false, problem: 'The question was withdrawn.' });
  });
});

describe('discovering a broker', () => {
  it('finds the wiring, who consumes, and drafts that load', async () => {
    const { vhost, channel } = await claimsVhost();
    const app = await broker.createUser({ permissions: { vhost, configure: '.*', write: '.*', read: '.*' } });
    const connection = await connectAmqp(broker.amqpUrl(app, vhost));
    open.push(connection);
    const consuming = await connection.createChannel();
    await consuming.consume('claims.work', () => undefined);
    await channel.assertQueue('signalbox.tap.rabbit-main.abc');
    const { queue: generated } = await channel.assertQueue('');
    const source = brokerSource({ management: broker.managementUrl, observe: broker.admin, vhosts: [vhost] });
    let found = await discoverBroker(source, contractsOf([]), never);
    await expect.poll(async () => {
      found = await discoverBroker(source, contractsOf([]), never);
      return found.edges.some(({ kind }) => kind === 'consumes');
    }, { timeout: 30_000 }).toBe(true);

    const id = (queue: string) => `${SOURCE_ID}:queue:${vhost}:${queue}`;
    const exchange = (name: string) => `${SOURCE_ID}:exchange:${vhost}:${name}`;
    expect(found.nodes.map((node) => node.id).toSorted()).toEqual([
      ...['claims', 'claims.dlx', 'guarded'].map(exchange), ...['claims.dead', 'claims.direct', 'claims.log', 'claims.work'].map(id), `${SOURCE_ID}:application:${app.user}`,
    ].toSorted());
    expect(found.edges).toEqual(expect.arrayContaining([
      { from: exchange('claims'), to: id('claims.work'), kind: 'binding', label: 'claim.*.new' },
      { from: id('claims.work'), to: exchange('claims.dlx'), kind: 'dead-letter', label: '' },
      { from: exchange('claims.dlx'), to: id('claims.dead'), kind: 'binding', label: '#' },
      { from: id('claims.direct'), to: id('claims.dead'), kind: 'dead-letter', label: 'claims.dead' },
      { from: exchange('guarded'), to: exchange('claims'), kind: 'alternate', label: '' },
      { from: id('claims.work'), to: `${SOURCE_ID}:application:${app.user}`, kind: 'consumes', label: '' },
    ]));
    expect(found.drafts.map(({ flowId }) => flowId)).toEqual(['claims-direct', 'claims-log', 'claims-work']);
    expect(found.notes).toContain('1 queue of Signalbox\'s own taps left out.');
    expect(found.notes).toContain('1 queue with a name made by the broker left out: they belong to single clients.');
    expect(JSON.stringify(found)).not.toContain(generated);
    const { problems, set } = resolveContracts([SOURCES, ...found.drafts.map(({ yaml }) => yaml)].map((text, index) => parseContractFile(`f${index}.yaml`, text)), []);
    expect(problems).toEqual([]);
    expect(set.flows.find(({ metadata }) => metadata.id === 'claims-direct')?.spec.path[0]?.channel).toMatchObject({ deadLetter: { exchange: '', queue: 'claims.dead' } });

    const again = await discoverBroker(source, contractsOf(set.flows), never);
    expect(again.drafts).toEqual([]);
    expect(again.nodes.find((node) => node.id === id('claims.work'))?.flows).toEqual(['claims-work']);
  });
});

describe('watching a broker', () => {
  const watching = async (source: ConnectedSource<'rabbitmq'>, contracts: ContractsInForce) => {
    const abort = new AbortController();
    const samples: (BacklogSample | SourceSample)[] = [];
    const messages: (TapMessage | FailedMessage)[] = [];
    let report: TapReport | null = null;
    const tapping = rabbitmqConnector.tap(source, {
      signal: abort.signal, installation: 'test', fence: 1n, isHeld: () => !abort.signal.aborted, now: Date.now, logger: createLogger('test'),
      contracts: () => contracts,
      everyGridInstant: (look) => everyGridInstant({ everyMs: 2_000, signal: abort.signal, now: Date.now }, look),
      report: (state) => { report = state; },
      sink: {
        samples: (facts) => { samples.push(...facts); },
        messages: (facts) => {
          messages.push(...facts);
          return Promise.resolve();
        },
        resolveFailures: () => Promise.resolve(0),
        count: () => undefined,
      },
    });
    return { samples, messages, report: () => report, end: async () => { abort.abort(); await tapping; } };
  };
  const contractsFor = (vhost: string) => contractsOf([SOURCES, flowText({ channel: `{ source: ${SOURCE_ID}, kind: queue, vhost: ${vhost}, exchange: claims, keys: ["claim.*.new"], name: claims.work, deadLetter: { exchange: claims.dlx, queue: claims.dead } }` })]
    .flatMap((text, index) => parseContractFile(`f${index}.yaml`, text).documents.map(({ body }) => body)));

  it('brings samples and copies, names no queue of ours, and leaves when told', async () => {
    const { vhost, channel } = await claimsVhost();
    const observe = await broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^signalbox\\.tap\\.', write: '^signalbox\\.tap\\.', read: '^(signalbox\\.tap\\..*|claims|claims\\.dlx)$' } });
    const watched = await watching(brokerSource({ management: broker.managementUrl, amqp: amqpAddress(), observe, vhosts: [vhost], pollSeconds: 2 }), contractsFor(vhost));
    await expect.poll(() => watched.report()?.detail['messages.tappedExchanges'], { timeout: 60_000 }).toBe(2);
    for (let index = 0; index < 20; index++) channel.publish('claims', 'claim.a.new', Buffer.from('{}'), { messageId: `m${index}` });
    await channel.waitForConfirms();
    const work = `${SOURCE_ID}:queue:${vhost}:claims.work`;
    await expect.poll(() => watched.messages.length, { timeout: 60_000 }).toBe(20);
    await expect.poll(() => watched.samples.findLast((sample) => sample.kind === 'backlogSample' && sample.channelId === work && sample.ageMethod === 'rank'), { timeout: 60_000 }).toMatchObject({ waiting: 20n, counters: { entered: 20n, delivered: 0n, left: 0n, redelivered: 0n } });
    expect(watched.report()).toMatchObject({ status: 'ok', summary: expect.stringContaining('Copies of messages are taken from 2 of 2 exchanges.') });
    await watched.end();
    expect(watched.samples.filter((sample) => sample.kind === 'backlogSample' && sample.channelId.includes('signalbox.tap'))).toEqual([]);
    const { consumerCount, messageCount } = await channel.checkQueue('claims.work');
    expect({ consumerCount, messageCount }).toEqual({ consumerCount: 0, messageCount: 20 });
  });

  it('brings depth also while the message tap is refused', async () => {
    const { vhost } = await claimsVhost();
    const observe = await broker.createUser({ tags: ['monitoring'], permissions: { vhost, configure: '^$', write: '^$', read: '^$' } });
    const watched = await watching(brokerSource({ management: broker.managementUrl, amqp: amqpAddress(), observe, vhosts: [vhost], pollSeconds: 2 }), contractsFor(vhost));
    await expect.poll(() => watched.report(), { timeout: 60_000 }).toMatchObject({ status: 'warning', summary: expect.stringContaining('lacks the permission') });
    expect(watched.samples.findLast((sample) => sample.kind === 'sourceSample')).toMatchObject({ ok: true });
    expect(watched.samples.filter(({ ok }) => !ok)).toEqual([]);
    await watched.end();
  });
});
