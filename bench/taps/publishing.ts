/** What a message tap costs the broker's publishers, and how fast copies are taken. */
import { connectAmqp } from '@/scripts/testing/amqp';
import { PREFETCH } from '@/collectors/rabbitmq/messages/copy-consumer';
import { contracts, queueChannel } from '@/collectors/rabbitmq/messages/testing/contract-flows';
import { tapBroker } from '@/collectors/rabbitmq/messages/testing/tapped-broker';
import { brokerSource } from '@/collectors/rabbitmq/testing/watched-broker';
import type { TestBroker } from '@/scripts/testing/broker';
import { cpuSecondsOf } from '../ingest/measure/processes';
import { startPublisher } from './load/publisher';

export interface PublishRound {
  tap: 'on' | 'off';
  messagesPerSecond: number;
  /** Microseconds of CPU time per message. */
  brokerCpuUs: number;
  collectorCpuUs: number;
}

export interface TapRates {
  bodyBytes: number;
  rounds: PublishRound[];
  /** Copies per second and per second of our CPU time when many wait and nothing else runs. */
  copiesPerSecond: number;
  copiesPerCpuSecond: number;
}

const FIELDS = `fields:
  payer: { from: ["header:x-payer"] }
  facility: { from: ["header:x-facility"] }
  department: { from: ["key:2"] }
  amount: { from: ["header:x-amount"], currency: USD }
  claim: { from: ["header:x-claim"], case: true, token: true }`;

/** Rounds with and without a tap take turns on one exchange with one quorum queue; the tap stores into memory. */
export async function measurePublishing(broker: TestBroker, brokerPid: number, { rounds, messages, backlog }: { rounds: number; messages: number; backlog: number }, onRound: (round: PublishRound) => void): Promise<TapRates> {
  const vhost = await broker.createVhost();
  const connection = await connectAmqp(broker.amqpUrl(undefined, vhost));
  const channel = await connection.createChannel();
  await channel.assertExchange('claims', 'topic');
  await channel.assertQueue('claims.work', { arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue('claims.work', 'claims', 'claim.#');
  const inForce = contracts({ channel: queueChannel(vhost, 'exchange: claims, keys: ["claim.#"], name: claims.work'), spec: FIELDS });
  const none = contracts();
  let copies = 0;
  const source = brokerSource({ management: broker.managementUrl, amqp: `amqp://${new URL(broker.amqpUrl()).host}`, observe: broker.admin, vhosts: [vhost] });
  const tapped = tapBroker(source, none, { keeps: false, lookEveryMs: 2_000, sink: (facts) => { copies += facts.length; return Promise.resolve(); } });
  const publisher = await startPublisher(broker.amqpUrl(undefined, vhost));
  const order = { exchange: 'claims', queue: 'claims.work' };

  async function setTap(tap: 'on' | 'off'): Promise<void> {
    tapped.contracts = tap === 'on' ? inForce : none;
    await tapped.until((state) => state.report()?.detail['tappedExchanges'] === (tap === 'on' ? 1 : 0));
  }
  async function round(tap: 'on' | 'off'): Promise<PublishRound> {
    await setTap(tap);
    copies = 0;
    const before = { ours: process.cpuUsage(), broker: cpuSecondsOf([brokerPid]) };
    const { seconds } = await publisher.publish({ ...order, count: messages });
    if (tap === 'on') await tapped.until(() => copies + tapped.count('tap-copies-dropped') >= messages);
    const { user, system } = process.cpuUsage(before.ours);
    return {
      tap, messagesPerSecond: messages / seconds, collectorCpuUs: (user + system) / messages,
      brokerCpuUs: ((cpuSecondsOf([brokerPid]) - before.broker) * 1e6) / messages,
    };
  }

  try {
    const { bytes } = await publisher.publish({ ...order, count: Math.ceil(messages / 4) });
    const done: PublishRound[] = [];
    for (let number = 0; number < rounds; number++) {
      for (const tap of number % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const)) {
        const figures = await round(tap);
        done.push(figures);
        onRound(figures);
      }
    }
    await setTap('on');
    let open: () => void = () => undefined;
    tapped.gate = new Promise((resolve) => { open = resolve; });
    copies = 0;
    await publisher.publish({ ...order, count: backlog });
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    open();
    await tapped.until(() => copies >= backlog);
    const { user, system } = process.cpuUsage(cpu);
    // Those that were handed out while storing stood still had been read before.
    const taken = backlog - PREFETCH;
    return { bodyBytes: bytes, rounds: done, copiesPerSecond: (taken * 1000) / (performance.now() - startedAt), copiesPerCpuSecond: (taken * 1e6) / (user + system) };
  } finally {
    await publisher.stop();
    await tapped.stop();
    await connection.close();
  }
}
