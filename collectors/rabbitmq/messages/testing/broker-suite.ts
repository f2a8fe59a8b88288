/** A broker for a suite, virtual hosts for its tests, and taps that end with each test. */
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ConnectedSource, ContractsInForce } from '@/collectors/runtime/taps/connector';
import { startTestBroker, type BrokerUser, type TestBroker } from '@/scripts/testing/broker';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import { brokerSource, contractsOf } from '../../testing/watched-broker';
import { ManagementClient } from '../../management/management-client';
import { listQueues, type QueueFigures } from '../../poll/queue-figures';
import { tapBroker, type Tapped } from './tapped-broker';

export interface BrokerSuite {
  broker: TestBroker;
  openVhost: () => Promise<{ vhost: string; channel: ConfirmChannel; connection: ChannelModel }>;
  source: (vhosts: string[], observe?: BrokerUser) => ConnectedSource<'rabbitmq'>;
  tap: (vhost: string, contracts: ContractsInForce, options?: Parameters<typeof tapBroker>[2] & { observe?: BrokerUser }) => Tapped;
  /** Before its test ends, e.g. to let a successor take over. */
  stop: (tapped: Tapped) => Promise<void>;
  /** What the broker says of all queues of a virtual host, by name. */
  queues: (vhost: string) => Promise<Map<string, QueueFigures>>;
}

/** Starts a broker before the tests of the calling suite. */
export function brokerSuite(): BrokerSuite {
  const open: ChannelModel[] = [];
  const taps: Tapped[] = [];
  let client: ManagementClient;
  const suite: BrokerSuite = {
    broker: undefined as unknown as TestBroker,
    async openVhost() {
      const vhost = await suite.broker.createVhost();
      const connection = await connect(suite.broker.amqpUrl(undefined, vhost));
      // A test that hurts its connection sees that in what it asks of it.
      connection.on('error', () => undefined);
      open.push(connection);
      return { vhost, connection, channel: await connection.createConfirmChannel() };
    },
    source: (vhosts, observe = suite.broker.admin) =>
      brokerSource({ management: suite.broker.managementUrl, amqp: `amqp://${new URL(suite.broker.amqpUrl()).host}`, observe, vhosts }),
    tap(vhost, contracts, { observe, ...options } = {}) {
      const tapped = tapBroker(suite.source([vhost], observe), contracts, options);
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
    suite.broker = await startTestBroker();
    client = new ManagementClient({ settings: suite.source([]).settings, credentials: suite.broker.admin, timeoutMs: 10_000, now: Date.now });
  });
  afterEach(async () => {
    await Promise.all(taps.splice(0).map((tapped) => tapped.stop()));
    await Promise.all(open.splice(0).map((connection) => connection.close().catch(() => undefined)));
  });
  afterAll(async () => {
    client?.close();
    await suite.broker?.stop();
  });
  return suite;
}

/** Contracts in force, one flow per description: `flow-0`, `flow-1` … @throws Error when one has a problem */
export function contracts(...flows: Parameters<typeof flowText>[0][]): ContractsInForce {
  return contractsOf([SOURCES, ...flows.map((flow, index) => flowText({ id: `flow-${index}`, ...flow }))].flatMap((text, index) => {
    const { documents, problems } = parseContractFile(`f${index}.yaml`, text);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return documents.map(({ body }) => body);
  }));
}

/** A queue channel in a contract's words. */
export function queueChannel(vhost: string, rest: string): string {
  return `{ source: rabbit-main, kind: queue, vhost: "${vhost}", ${rest} }`;
}

export const isBound = (exchanges: number) => (tapped: Tapped) => tapped.report()?.detail['tappedExchanges'] === exchanges;
export const warningsOf = (tapped: Tapped) => (tapped.report()?.detail['warnings'] ?? []) as string[];
export const limitsOf = (tapped: Tapped) => (tapped.report()?.detail['limits'] ?? []) as string[];
