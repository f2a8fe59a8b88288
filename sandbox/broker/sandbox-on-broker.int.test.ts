import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { connectAmqp } from '@/scripts/testing/amqp';
import { rabbitmqConnector } from '@/collectors/rabbitmq';
import type { TestBroker } from '@/scripts/testing/broker';
import { startTestBroker } from '@/scripts/testing/broker';
import type { TestPostgres } from '@/scripts/testing/databases';
import { createTestPostgres } from '@/scripts/testing/databases';
import type { Leg } from '../testing/contract-legs';
import { legsOfContracts } from '../testing/contract-legs';
import type { OtlpSink, ReceivedSpan } from '../testing/otlp-sink';
import { startOtlpSink } from '../testing/otlp-sink';
import type { SandboxUnderTest } from '../testing/run-sandbox';
import { runSandbox } from '../testing/run-sandbox';

const patiently = { timeout: 180_000, interval: 250 };
const LIMIT_MS = 240_000;

interface Connectable {
  id: string;
  connect?: Account & { levers: Account; host: string; port: number; database: string; amqp: string; management: string };
}
interface Account { user: string; password: { file: string } }

let database: TestPostgres;
let broker: TestBroker;
let sink: OtlpSink;
let contracts: string;
let sandbox: SandboxUnderTest;
let legs: Leg[];

beforeAll(async () => {
  contracts = await mkdtemp(join(tmpdir(), 'sandbox-contracts-'));
  [database, sink, broker] = await Promise.all([createTestPostgres(), startOtlpSink(), startTestBroker()]);
  sandbox = await runSandbox({
    SANDBOX_DATABASE_URL: database.url,
    SANDBOX_AMQP_URL: broker.amqpUrl(),
    SANDBOX_RABBITMQ_MANAGEMENT_URL: broker.managementUrl,
    SANDBOX_OTLP_URL: sink.url,
    SANDBOX_OTLP_PROTOCOL: 'json',
    SANDBOX_CONTRACTS_OUT: contracts,
    SANDBOX_FACTOR: '600',
  });
  await vi.waitFor(() => expect(sandbox.output()).toContain('sandbox ready'), patiently);
  legs = legsOfContracts(contracts);
}, LIMIT_MS);

afterAll(async () => {
  await sandbox?.stop();
  await Promise.all([sink?.close(), broker?.stop(), database?.drop()]);
  await rm(contracts, { recursive: true, force: true });
});

async function switchFault(change: { name: string; on: boolean; target?: string }): Promise<number> {
  const response = await fetch(`${sandbox.controlUrl}/api/faults`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
  return Date.now();
}

async function observed(id: string): Promise<{ connect: NonNullable<Connectable['connect']>; password: string; operator: string }> {
  const { sources } = parse(await readFile(join(contracts, 'sources.yaml'), 'utf8')) as { sources: Connectable[] };
  const found = sources.find((source) => source.id === id)?.connect;
  if (found === undefined) throw new Error(`${id} has no connection`);
  return { connect: found, password: await readFile(found.password.file, 'utf8'), operator: await readFile(found.levers.password.file, 'utf8') };
}

async function connectAs(who: 'observer' | 'operator'): Promise<ChannelModel> {
  const { connect: { amqp, user, levers }, password, operator } = await observed('rabbit-main');
  const url = new URL(amqp);
  const connection = await connectAmqp({
    protocol: 'amqp', hostname: url.hostname, port: Number(url.port), vhost: 'meridian',
    ...(who === 'observer' ? { username: user, password } : { username: levers.user, password: operator }),
  });
  connection.on('error', () => undefined);
  return connection;
}

async function refused(connection: ChannelModel, act: (channel: Channel) => Promise<unknown>): Promise<void> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  await expect(act(channel)).rejects.toThrow(/ACCESS_REFUSED/);
}

/** Messages of a queue, as of a few seconds ago. */
async function waiting(queue: string): Promise<number> {
  return Number((await listed('queues/meridian?columns=name,messages')).find(({ name }) => name === queue)?.['messages']);
}

/** What the management API lists, as the administrator, or an error within 10 s: what hangs cannot be asked again. */
async function listed(path: string): Promise<Record<string, unknown>[]> {
  const { user, password } = broker.admin;
  const response = await fetch(`${broker.managementUrl}/api/${path}`, {
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }, signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>[];
}

const leftOf = (hop: string, since: number): ReceivedSpan[] => {
  const leg = legs.find(({ name }) => name === `${hop}/leave`);
  return sink.spans.filter((span) => span.endedAt > since && !span.isError && leg?.recognises(span));
};

describe('the sandbox network on a broker', { timeout: LIMIT_MS }, () => {
  it('sends spans that its contracts recognise on every leg of every flow, four of them over queues', async () => {
    await vi.waitFor(() => {
      const unseen = legs.filter((leg) => !sink.spans.some((span) => leg.recognises(span)));
      expect(unseen.map(({ name }) => name)).toEqual([]);
    }, patiently);
    const sent = sink.spans.filter((span) => span.attributes['messaging.system'] === 'rabbitmq' && span.kind === 'Producer');
    expect(new Set(sent.map((span) => span.attributes['messaging.destination.name']))).toEqual(new Set(['billing.events', 'inventory.events', 'partner.events']));
    const carried = sink.spans.filter(({ kind }) => kind === 'Producer' || kind === 'Consumer');
    const misread = carried.filter((span) => legs.filter((leg) => leg.recognises(span)).length !== 1);
    expect(misread.map(({ kind, name }) => [kind, name])).toEqual([]);
    expect(sink.spans.filter(({ isError }) => isError)).toEqual([]);
  });

  it('carries one trace through sender, broker and receiver', () => {
    const taken = leftOf('remittance-835/load', 0)[0];
    const trace = sink.spans.filter(({ traceId }) => traceId === taken?.traceId);
    expect([...new Set(trace.map(({ service }) => service))]).toEqual(expect.arrayContaining(['meridian-inventory', 'northstar-clearinghouse', 'meridian-integration-engine', 'meridian-billing']));
  });

  it('leaves the interface tables of those flows empty', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(`SELECT (SELECT count(*) FROM inventory.usage_interface) + (SELECT count(*) FROM inventory.charge_interface)
      + (SELECT count(*) FROM billing.remittance_interface) + (SELECT count(*) FROM billing.claim_outbox) AS n`);
    await client.end();
    expect(rows).toEqual([{ n: '0' }]);
  });

  it('lets the observer copy events with ids, headers and body, and no more than that', async () => {
    const connection = await connectAs('observer');
    const channel = await connection.createChannel();
    await channel.assertQueue('signalbox.tap.test', { exclusive: true });
    await channel.bindQueue('signalbox.tap.test', 'inventory.events', 'charge.#');
    const copy = await new Promise<ConsumeMessage>((resolve) => {
      void channel.consume('signalbox.tap.test', (message) => message && resolve(message), { noAck: true });
    });
    const body = JSON.parse(copy.content.toString('utf8')) as { facts: Record<string, string> };
    expect(copy.properties).toMatchObject({ messageId: body.facts['messageId'], type: 'charge', appId: 'meridian-inventory', contentType: 'application/json', deliveryMode: 2 });
    expect(Math.abs(Number(copy.properties.timestamp) - Date.now() / 1_000)).toBeLessThan(60);
    expect(copy.properties.headers).toMatchObject({
      facility: body.facts['facility'], payer: body.facts['payer'], 'claim-control-number': body.facts['claim'],
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) as string,
    });
    const usageOf = new Promise<ConsumeMessage>((resolve) => {
      void channel.consume('signalbox.tap.test', (message) => message && message.properties.type === 'usage' && resolve(message), { noAck: true });
    });
    await channel.bindQueue('signalbox.tap.test', 'inventory.events', 'usage.#');
    await channel.unbindQueue('signalbox.tap.test', 'inventory.events', 'charge.#');
    expect((await usageOf).properties.timestamp).toBeUndefined();
    await refused(connection, (of) => of.consume('erp.usage', () => undefined));
    await refused(connection, (of) => of.purgeQueue('erp.usage.dead'));
    await refused(connection, (of) => of.assertQueue('mine'));
    await refused(connection, (of) => of.bindQueue('erp.usage.dead', 'inventory.events', '#'));
    await connection.close();
    expect((await stat((await observed('rabbit-main')).connect.password.file)).mode & 0o777).toBe(0o600);
  });

  it('gives levers a user that the product finds fit for every one of them', async () => {
    const { connect: { management, amqp, user, levers }, password, operator } = await observed('rabbit-main');
    const description = await rabbitmqConnector.describe({
      id: 'rabbit-main', name: 'Message broker', system: 'middleware', kind: 'rabbitmq',
      settings: { management, amqp, vhosts: ['meridian'], pollSeconds: 5 },
      observe: { user, password }, levers: { user: levers.user, password: operator },
    }, AbortSignal.timeout(LIMIT_MS));
    // Some exchanges are not for the observer to copy.
    const levered = description.permissions.filter((permission) => permission.for !== 'message-tap');
    expect(levered.filter(({ granted }) => granted !== true)).toEqual([]);
    expect(new Set(levered.map((permission) => permission.for))).toEqual(new Set(['observe', 'pause', 'canary', 'release', 'replay', 'reroute']));
  });

  it('lets the operator park, hold and take, and make or delete nothing of the network', async () => {
    const { connect: { management, levers }, operator } = await observed('rabbit-main');
    const ask = async (method: string, path: string, body?: object): Promise<number> => (await fetch(`${management}/api/${path}`, {
      method, headers: { authorization: `Basic ${Buffer.from(`${levers.user}:${operator}`).toString('base64')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })).status;
    const connection = await connectAs('operator');
    const channel = await connection.createChannel();
    const [parkExchange, parkQueue] = ['park', 'parked'].map((name) => `signalbox.${name}`) as [string, string];
    await channel.assertExchange(parkExchange, 'fanout');
    await channel.assertQueue(parkQueue);
    await channel.bindQueue(parkQueue, parkExchange, '');
    expect(await ask('PUT', `policies/meridian/${parkQueue}`, { pattern: '^partner\\.events$', definition: { 'alternate-exchange': parkExchange }, 'apply-to': 'exchanges' })).toBe(201);
    await channel.unbindQueue('billing.remittances', 'partner.events', 'remittance.#');
    await vi.waitFor(async () => expect((await channel.checkQueue(parkQueue)).messageCount).toBeGreaterThan(0), patiently);
    await channel.bindQueue('billing.remittances', 'partner.events', 'remittance.#');
    expect(await ask('DELETE', `policies/meridian/${parkQueue}`)).toBe(204);
    await channel.deleteQueue(parkQueue);
    await channel.deleteExchange(parkExchange);

    expect(await ask('PUT', 'user-limits/meridian-integration-engine/max-connections', { value: 0 })).toBe(204);
    expect(await ask('DELETE', 'connections/username/meridian-integration-engine')).toBe(204);
    await vi.waitFor(async () => expect((await channel.checkQueue('billing.charges')).consumerCount).toBe(0), patiently);
    expect(await ask('DELETE', 'user-limits/meridian-integration-engine/max-connections')).toBe(204);
    await vi.waitFor(async () => expect((await channel.checkQueue('billing.charges')).consumerCount).toBe(1), patiently);

    expect(await channel.get('erp.usage.dead')).toBe(false);
    await refused(connection, (of) => of.deleteQueue('erp.usage'));
    await refused(connection, (of) => of.assertQueue('mine'));
    await refused(connection, (of) => of.consume('erp.usage.retry.2s', () => undefined));
    await connection.close();
  });

  it('lets the observer of the database read interface tables, and nothing else', async () => {
    const { connect: { host, port, user, database: name }, password } = await observed('interface-db');
    const client = new Client({ host, port, user, database: name, password });
    await client.connect();
    expect((await client.query('SELECT count(*) > 0 AS some FROM billing.gl_journal_interface')).rows).toEqual([{ some: true }]);
    await expect(client.query('DELETE FROM billing.gl_journal_interface')).rejects.toThrow(/read-only transaction/);
    await client.query('SET default_transaction_read_only = off');
    await expect(client.query('DELETE FROM billing.gl_journal_interface')).rejects.toThrow(/permission denied/);
    await expect(client.query('SELECT * FROM billing.claim')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  it('holds messages in the queue while its consumer is stopped, and drains it afterwards', async () => {
    await switchFault({ name: 'consumer-stopped', on: true, target: 'charges' });
    await vi.waitFor(async () => expect(await waiting('billing.charges')).toBeGreaterThan(10), patiently);
    await switchFault({ name: 'consumer-stopped', on: false });
    await vi.waitFor(async () => expect(await waiting('billing.charges')).toBeLessThan(5), patiently);
  });

  it('tries again while the ERP answers with errors, and drains without dead letters', async () => {
    const on = await switchFault({ name: 'erp-errors', on: true });
    await vi.waitFor(() => expect(leftOf('consumption-to-erp/usage', on).filter((span) => span.attributes['meridian.delivery.attempt'] !== '1').length).toBeGreaterThan(3), patiently);
    await switchFault({ name: 'erp-errors', on: false });
    await vi.waitFor(async () => {
      for (const queue of ['erp.usage.retry.2s', 'erp.usage.retry.10s', 'erp.usage.retry.30s']) expect(await waiting(queue)).toBe(0);
    }, patiently);
    expect(await waiting('erp.usage.dead')).toBe(0);
  });

  it('makes a dead letter of what has no mapping, with reason, origin and history', async () => {
    const connection = await connectAs('observer');
    const channel = await connection.createChannel();
    await channel.assertQueue('signalbox.tap.dead', { exclusive: true });
    await channel.bindQueue('signalbox.tap.dead', 'dead-letters', '#');
    const dead = new Promise<ConsumeMessage>((resolve) => {
      void channel.consume('signalbox.tap.dead', (message) => message && resolve(message), { noAck: true });
    });
    await switchFault({ name: 'item-mapping', on: true });
    const { fields, properties } = await dead;
    await switchFault({ name: 'item-mapping', on: false });
    expect(fields.exchange).toBe('dead-letters');
    expect(fields.routingKey).toMatch(/^(usage|charge)\.MH\d+\./);
    const history = properties.headers?.['x-death'] as { queue: string; reason: string; exchange: string; 'routing-keys': string[] }[];
    expect(history[0]).toMatchObject({ reason: 'rejected', exchange: 'requeue', 'routing-keys': [fields.routingKey] });
    expect(['erp.usage', 'billing.charges']).toContain(history[0]?.queue);
    expect(properties.headers).toMatchObject({ 'error-code': 'ITEM_NOT_MAPPED', tries: 2 });
    await connection.close();
  });

  it('makes dead letters of one payer’s charges while billing rejects them, and of no others', async () => {
    const connection = await connectAs('operator');
    const channel = await connection.createChannel();
    const before = await waiting('billing.charges.dead');
    const on = await switchFault({ name: 'payer-charges-rejected', on: true, target: '60410' });
    await vi.waitFor(async () => expect(await waiting('billing.charges.dead')).toBeGreaterThan(before + 2), patiently);
    await switchFault({ name: 'payer-charges-rejected', on: false });
    const dead = [];
    for (let message = await channel.get('billing.charges.dead'); message; message = await channel.get('billing.charges.dead')) dead.push(message);
    const rejected = dead.filter(({ properties }) => properties.headers?.['error-code'] === 'CHARGE_REJECTED');
    expect(rejected.length).toBeGreaterThan(0);
    expect(new Set(rejected.map(({ properties }) => properties.headers?.['payer']))).toEqual(new Set(['60410']));
    const charged = leftOf('charge-capture/post', on);
    await vi.waitFor(() => expect(new Set(leftOf('charge-capture/post', on).map(({ attributes }) => attributes['meridian.payer.id'])).size).toBeGreaterThan(3), patiently);
    expect(charged.filter(({ attributes }) => attributes['meridian.payer.id'] !== '60410').length).toBeGreaterThan(0);
    channel.nackAll(true);
    await connection.close();
    const off = Date.now();
    await vi.waitFor(() => expect(leftOf('charge-capture/post', off).some(({ attributes }) => attributes['meridian.payer.id'] === '60410')).toBe(true), patiently);
  });

  it('brings claims that are led to the alternate clearinghouse there, which takes those of enrolled payers only', async () => {
    const connection = await connectAs('operator');
    const channel = await connection.createChannel();
    const [enrolled, other] = ['claim.00435.#', 'claim.77001.#'];
    for (const key of [enrolled, other]) {
      await channel.bindQueue('southgate.claims', 'billing.events', key);
      await channel.unbindQueue('clearinghouse.claims', 'billing.events', key);
    }
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await vi.waitFor(async () => expect((await client.query('SELECT DISTINCT payer_code AS payer FROM southgate.claim')).rows).toEqual([{ payer: '00435' }]), patiently);
    await vi.waitFor(async () => expect(await channel.checkQueue('southgate.claims.dead')).not.toMatchObject({ messageCount: 0 }), patiently);
    const dead = await channel.get('southgate.claims.dead');
    expect(dead && [dead.properties.headers?.['error-code'], dead.fields.routingKey]).toEqual(['PAYER_NOT_ENROLLED', expect.stringMatching(/^southgate-claim\.77001\./)]);
    for (const key of [enrolled, other]) {
      await channel.bindQueue('clearinghouse.claims', 'billing.events', key);
      await channel.unbindQueue('southgate.claims', 'billing.events', key);
    }
    await connection.close();
    // What it took, it answers itself.
    await vi.waitFor(() => expect(sink.spans.some(({ service, kind, attributes }) => service === 'southgate-clearinghouse' && kind === 'Client' && attributes['http.route'] === '/partners/v1/x12/999')).toBe(true), patiently);
    await client.end();
    expect(await waiting('clearinghouse.claims.dead')).toBe(0);
  });

  it('drains its queues while the broker blocks senders for want of memory, and sends again afterwards', async () => {
    await broker.setMemoryAlarm(true);
    await vi.waitFor(async () => {
      expect(await listed('connections?columns=user,state')).toContainEqual({ user: 'meridian-inventory', state: 'blocked' });
      expect(await waiting('erp.usage')).toBe(0);
    }, patiently);
    await broker.setMemoryAlarm(false);
    const cleared = Date.now();
    await vi.waitFor(() => expect(leftOf('consumption-to-erp/usage', cleared).length).toBeGreaterThan(3), patiently);
  });

  it('works on by itself after a restart of the broker', async () => {
    await broker.restart();
    const restarted = Date.now();
    await vi.waitFor(() => {
      for (const hop of ['consumption-to-erp/usage', 'charge-capture/outbox', 'remittance-835/load']) expect(leftOf(hop, restarted).length).toBeGreaterThan(3);
    }, patiently);
  });

  it('gives every application a user of its own that may do what it does and nothing else', async () => {
    const permissions = await listed('vhosts/meridian/permissions');
    const of = (user: string) => permissions.find((each) => each['user'] === user);
    expect(of('meridian-inventory')).toMatchObject({ configure: '^$', write: '^(inventory\\.events$|inventory\\.notices$)', read: '^$' });
    expect(of('meridian-billing')).toMatchObject({ configure: '^$', read: '^(billing\\.remittances$)' });
    await vi.waitFor(async () => {
      const connections = await listed('connections?columns=user');
      expect(new Set(connections.map(({ user }) => user))).toEqual(new Set(['meridian-inventory', 'meridian-integration-engine', 'meridian-billing']));
    }, patiently);
  });
});
