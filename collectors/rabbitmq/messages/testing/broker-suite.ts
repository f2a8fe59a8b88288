/** A broker for a suite, its own or shared, virtual hosts for its tests, and taps that end with each test. */
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { connectAmqp } from '@/scripts/testing/amqp';
import type { ConnectedSource, ContractsInForce } from '@/collectors/runtime/taps/connector';
import { sharedTestBroker, startTestBroker, type BrokerUser, type SharedTestBroker, type TestBroker } from '@/scripts/testing/broker';
import { brokerSource } from '../../testing/watched-broker';
import { ManagementClient } from '../../management/management-client';
import { listQueues, type QueueFigures } from '../../poll/queue-figures';
import { tapBroker, type Tapped } from './tapped-broker';

export interface BrokerSuite<B extends SharedTestBroker = SharedTestBroker> {
  broker: B;
  openVhost: () => Promise<{ vhost: string; channel: ConfirmChannel; connection: ChannelModel }>;
  /** A channel on a new connection, after a restart. */
  reopen: (vhost: string) => Promise<ConfirmChannel>;
  source: (vhosts: string[], observe?: BrokerUser) => ConnectedSource<'rabbitmq'>;
  tap: (vhosts: string | string[], contracts: ContractsInForce, options?: Parameters<typeof tapBroker>[2] & { observe?: BrokerUser }) => Tapped;
  /** Before its test ends, e.g. to let a successor take over. */
  stop: (tapped: Tapped) => Promise<void>;
  /** What the broker says of all queues of a virtual host, by name. */
  queues: (vhost: string) => Promise<Map<string, QueueFigures>>;
}

/** For suites that leave the broker itself alone. */
export function brokerSuite(): BrokerSuite {
  return suiteOn(sharedTestBroker, () => Promise.resolve());
}

/** For suites that hurt it: a broker that is started before their tests. */
export function ownBrokerSuite(): BrokerSuite<TestBroker> {
  return suiteOn(startTestBroker, (broker) => broker.stop());
}

function suiteOn<B extends SharedTestBroker>(start: () => Promise<B>, stop: (broker: B) => Promise<void>): BrokerSuite<B> {
  const open: ChannelModel[] = [];
  const taps: Tapped[] = [];
  let client: ManagementClient;
  const openConnection = async (vhost: string) => {
    const connection = await connectAmqp(suite.broker.amqpUrl(undefined, vhost));
    // A test that hurts its connection sees that in what it asks of it.
    connection.on('error', () => undefined);
    open.push(connection);
    return connection;
  };
  const suite: BrokerSuite<B> = {
    broker: undefined as unknown as B,
    async openVhost() {
      const vhost = await suite.broker.createVhost();
      const connection = await openConnection(vhost);
      return { vhost, connection, channel: await connection.createConfirmChannel() };
    },
    reopen: async (vhost) => (await openConnection(vhost)).createConfirmChannel(),
    source: (vhosts, observe = suite.broker.admin) =>
      brokerSource({ management: suite.broker.managementUrl, amqp: `amqp://${new URL(suite.broker.amqpUrl()).host}`, observe, vhosts }),
    tap(vhosts, inForce, { observe, ...options } = {}) {
      const tapped = tapBroker(suite.source([vhosts].flat(), observe), inForce, options);
      taps.push(tapped);
      return tapped;
    },
    async stop(tapped) {
      taps.splice(taps.indexOf(tapped), 1);
      await tapped.stop();
    },
    async queues(vhost) {
      const { queues } = await listQueues(client, vhost, 'full', new AbortController().signal);
      return new Map(queues.map((queue) => [queue.name, queue]));
    },
  };
  beforeAll(async () => {
    suite.broker = await start();
    client = new ManagementClient({ settings: suite.source([]).settings, credentials: suite.broker.admin, timeoutMs: 10_000, now: Date.now });
  });
  afterEach(async () => {
    await Promise.all(taps.splice(0).map((tapped) => tapped.stop()));
    await Promise.all(open.splice(0).map((connection) => connection.close().catch(() => undefined)));
  });
  afterAll(async () => {
    client?.close();
    if (suite.broker as B | undefined) await stop(suite.broker);
  });
  return suite;
}

export const isBound = (exchanges: number) => (tapped: Tapped) => tapped.report()?.detail['tappedExchanges'] === exchanges;
export const warningsOf = (tapped: Tapped) => (tapped.report()?.detail['warnings'] ?? []) as string[];
export const limitsOf = (tapped: Tapped) => (tapped.report()?.detail['limits'] ?? []) as string[];
