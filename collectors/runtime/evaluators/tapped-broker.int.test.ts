/** From a broker in trouble to the words of a status: the real connector, runtime, stores and rules. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import { CONNECTORS } from '@/collectors/connectors';
import { startTestBroker, type TestBroker } from '@/scripts/testing/broker';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { flowSchema } from '@/server/domain/contracts/flow-schema';
import { sourcesSchema } from '@/server/domain/contracts/sources-schema';
import { flowFiguresSchema } from '@/server/domain/health/flow-figures';
import { holdLease, type Lease } from '@/server/services/leases/hold-lease';
import { plantReceiverReport } from '@/server/services/testing/planted';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { startTaps } from '../taps';
import { flowHealthJob } from './flow-health';

const QUEUE = 'claims.work';
let broker: TestBroker;
let stores: TestStores;
let lease: Lease;
let model: ChannelModel;
let channel: Channel;
let contracts: ReturnType<typeof contractSetOf>;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const [node, postgres, clickhouse] = await Promise.all([startTestBroker(), createTestPostgres(), createTestClickHouse()]);
  broker = node;
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.unshift(() => broker.stop(), () => stores.close(), () => postgres.drop(), () => clickhouse.drop());
  model = await connectAmqp(broker.amqpUrl());
  model.on('error', () => undefined);
  channel = await model.createChannel();
  await channel.assertExchange('claims.dead', 'fanout');
  await channel.assertQueue('claims.dead', { durable: true });
  await channel.bindQueue('claims.dead', 'claims.dead', '');
  await channel.assertQueue(QUEUE, { durable: true, deadLetterExchange: 'claims.dead' });

  contracts = contractSetOf([
    flowSchema.parse({
      apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'claims', name: 'Claims', version: '1.0.0', lifecycle: 'active', owner: {} },
      spec: { path: [{ id: 'work', name: 'Work', channel: { source: 'broker', kind: 'queue', name: QUEUE, deadLetter: { queue: 'claims.dead' } } }], slo: { objective: 0.99 } },
    }),
    sourcesSchema.parse({
      apiVersion: 'signalbox/v1', kind: 'Sources', systems: [{ id: 'middleware', name: 'Middleware' }],
      sources: [{ id: 'broker', name: 'Broker', kind: 'rabbitmq', system: 'middleware', connect: { management: broker.managementUrl, pollSeconds: 2, user: broker.admin.user, password: { env: 'BROKER_PASSWORD' } } }],
    }),
  ]);
  const held = await holdLease(stores.db, 'tapped-broker-test', 'test', { now: new Date(), ttlMs: 600_000 });
  if (!held) throw new Error('The lease is taken.');
  lease = held;
  const taps = startTaps({
    ...stores, contracts: () => contracts, connectors: CONNECTORS, secret: Buffer.alloc(32, 1), env: { BROKER_PASSWORD: broker.admin.password },
    logger: pino({ level: 'silent' }), tokenKey: Buffer.alloc(32, 2), tokenKeyId: 'k1',
  });
  cleanUp.unshift(() => taps.stop());
});

afterAll(async () => {
  for (const step of cleanUp) await step();
});

/** Publishes twice a second until stopped. */
function publish(): { stop(): void } {
  const timer = setInterval(() => { channel.sendToQueue(QUEUE, Buffer.from('claim'), { persistent: true }); }, 500);
  return { stop: () => clearInterval(timer) };
}

async function evaluate() {
  const now = new Date();
  await plantReceiverReport(stores.db, now.getTime() - 500, now.getTime() - 3_600_000, now);
  await flowHealthJob({ ...stores, contracts: () => contracts, now: () => now }).run(lease);
  const row = await stores.db.query.flowStatus.findFirst();
  if (!row) throw new Error('Nothing was evaluated.');
  return { status: row.status, rule: row.rule, phase: row.phase, reason: row.reason, backlog: flowFiguresSchema.parse(row.figures).hops[0]?.backlog };
}

/** Evaluates until it holds. @throws Error after 90 s, with what was found last */
async function until(holds: (found: Awaited<ReturnType<typeof evaluate>>) => boolean): Promise<Awaited<ReturnType<typeof evaluate>>> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await evaluate();
    if (holds(found)) return found;
    if (Date.now() > end) throw new Error(`It stayed: ${JSON.stringify(found)}`);
    await pause(500);
  }
}

it('says what is wrong with a broker: alarm, stopped consumer, dead letters, blindness', { timeout: 300_000 }, async () => {
  const publishing = publish();
  const { consumerTag } = await channel.consume(QUEUE, (message) => { if (message) channel.ack(message); });
  const well = await until(({ status, backlog }) => status === 'healthy' && (backlog?.leftPerMinute ?? 0) > 0);
  expect(well.reason).toMatch(/^\d+ messages left in 5 min, /);
  expect(well.backlog).toMatchObject({ consumers: 1, problem: null, deadLetters: { channelId: 'broker:queue:/:claims.dead', waiting: '0' } });

  await broker.setMemoryAlarm(true);
  const alarmed = await until(({ rule }) => rule === 'broker-alarm');
  expect(alarmed).toMatchObject({ status: 'failing', phase: 'active' });
  expect(alarmed.reason).toMatch(/^Memory alarm \(.+\) at Broker blocks publishers/);
  await broker.setMemoryAlarm(false);
  await until(({ phase }) => phase === 'recovering');

  await channel.cancel(consumerTag);
  const abandoned = await until(({ rule }) => rule === 'no-consumer');
  expect(abandoned).toMatchObject({ status: 'failing', phase: 'active' });
  expect(abandoned.reason).toMatch(/^No consumer for \d+ s, and \d+ messages wait$/);

  await channel.consume(QUEUE, (message) => { if (message) channel.nack(message, false, false); });
  const dying = await until(({ rule, phase }) => rule === 'dead-letters' && phase === 'active');
  expect(dying.status).toBe('failing');
  expect(dying.reason).toMatch(/^\d+ of \d+ messages were dead-lettered in 5 min; the contract allows 1 %$/);

  publishing.stop();
  await model.close();
  await broker.stop();
  const blind = await until(({ rule }) => rule === 'stale-tap');
  expect(blind.status).toBe('unknown');
  expect(blind.reason).toMatch(/^No data since \d\d:\d\d:\d\d UTC \([\d.]+ s\): Nothing listens at /);
  expect(blind.backlog).toMatchObject({ waiting: null, consumers: null, drain: { kind: 'unknown' } });
});
