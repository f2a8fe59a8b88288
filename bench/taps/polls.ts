/** What one look at all queues costs: us and the broker. */
import { connectAmqp } from '@/scripts/testing/amqp';
import { BrokerPoll } from '@/collectors/rabbitmq/poll/broker-poll';
import { brokerSource } from '@/collectors/rabbitmq/testing/watched-broker';
import type { ContractsInForce } from '@/collectors/runtime/taps/connector';
import type { TestBroker } from '@/scripts/testing/broker';
import { percentile } from '../ingest/measure/percentile';
import { cpuSecondsOf } from '../ingest/measure/processes';

export interface PollFigures {
  queues: number;
  /** Median, milliseconds from the first request until the samples are made. */
  latencyMs: number;
  /** Milliseconds of CPU time per look. */
  collectorCpuMs: number;
  brokerCpuMs: number;
}

/** Declares that many queues in a virtual host of their own and looks at them. */
export async function measurePolls(broker: TestBroker, brokerPid: number, { queues, looks, contracts }: { queues: number; looks: number; contracts: ContractsInForce }): Promise<PollFigures> {
  const vhost = await broker.createVhost();
  const connection = await connectAmqp(broker.amqpUrl(undefined, vhost));
  const channel = await connection.createChannel();
  for (let queue = 0; queue < queues; queue++) await channel.assertQueue(`work.${queue}`);
  let samples = 0;
  const poll = new BrokerPoll(brokerSource({ management: broker.managementUrl, observe: broker.admin, vhosts: [vhost] }), {
    now: Date.now, contracts: () => contracts, report: () => undefined,
    sink: { samples: (facts) => { samples = facts.length; }, messages: () => Promise.resolve(), resolveFailures: () => Promise.resolve(0), count: () => undefined },
  });
  const signal = new AbortController().signal;
  for (let warmUp = 1; warmUp <= 3; warmUp++) await poll.look(warmUp, signal);
  // Queues, and the look at the source as a whole.
  if (samples !== queues + 1) throw new Error(`A look at ${queues} queues brought ${samples} samples.`);
  const latencies: number[] = [];
  const before = { ours: process.cpuUsage(), broker: cpuSecondsOf([brokerPid]) };
  for (let look = 0; look < looks; look++) {
    const startedAt = performance.now();
    await poll.look(Date.now() + look, signal);
    latencies.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(before.ours);
  const brokerSeconds = cpuSecondsOf([brokerPid]) - before.broker;
  await poll.close();
  await connection.close();
  await broker.ctl('delete_vhost', vhost);
  return { queues, latencyMs: percentile(latencies, 0.5), collectorCpuMs: (user + system) / 1000 / looks, brokerCpuMs: (brokerSeconds * 1000) / looks };
}
