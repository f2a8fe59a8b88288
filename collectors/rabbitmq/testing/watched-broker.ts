/** A poll of a test broker whose looks a test takes one by one, and what they brought. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectedSource, ContractsInForce, TapReport } from '@/collectors/runtime/taps/connector';
import { contractSetOf, type ContractBody } from '@/server/domain/contracts/contract-set';
import { compileTapMapper } from '@/server/domain/mapping/tap-mapper';
import { rabbitmqSettings, type Credentials } from '@/server/domain/sources/connection';
import type { BacklogSample, SourceSample } from '@/server/domain/taps/facts';
import { BrokerPoll } from '../poll/broker-poll';
import { queueChannelId } from '../poll/contract-queues';

export const SOURCE_ID = 'rabbit-main';

export function brokerSource({ management, amqp, observe, levers = null, vhosts = [], pollSeconds = 5 }: {
  management: string; amqp?: string; observe: Credentials | null; levers?: Credentials | null; vhosts?: string[]; pollSeconds?: number;
}): ConnectedSource<'rabbitmq'> {
  return { id: SOURCE_ID, name: 'Message broker', system: 'middleware', kind: 'rabbitmq', settings: rabbitmqSettings.parse({ management, amqp, vhosts, pollSeconds }), observe, levers };
}

export function contractsOf(bodies: readonly ContractBody[]): ContractsInForce {
  const set = contractSetOf(bodies);
  return { flows: set.flows, mapper: compileTapMapper(set, { tokenKey: Buffer.alloc(32, 7), tokenKeyId: 'k1' }) };
}

export interface Watched {
  poll: BrokerPoll;
  /** One look; answers what it brought. */
  look(): Promise<{ samples: BacklogSample[]; source: SourceSample; report: TapReport }>;
  /** Looks until the condition holds: the broker's statistics follow with a few seconds' delay. @throws Error after 60 s */
  until<T>(condition: (seen: { of: (queue: string) => BacklogSample; source: SourceSample }) => T | false | null | undefined): Promise<T>;
}

export function watchBroker(source: ConnectedSource<'rabbitmq'>, contracts: ContractsInForce, vhost = '/'): Watched {
  let samples: BacklogSample[] = [];
  let sources: SourceSample[] = [];
  let report: TapReport | null = null;
  let sampleTime = 0;
  const poll = new BrokerPoll(source, {
    now: Date.now,
    contracts: () => contracts,
    report: (state) => { report = state; },
    sink: {
      samples: (facts) => {
        samples = facts.filter((fact) => fact.kind === 'backlogSample');
        sources = facts.filter((fact) => fact.kind === 'sourceSample');
      },
      messages: () => Promise.reject(new Error('A poll brings no messages.')),
      resolveFailures: () => Promise.resolve(0),
      count: () => undefined,
    },
  });
  const look: Watched['look'] = async () => {
    sampleTime = Math.max(sampleTime + 1, Date.now());
    await poll.look(sampleTime, new AbortController().signal);
    return { samples, source: sources[0]!, report: report! };
  };
  return {
    poll,
    look,
    async until(condition) {
      const end = Date.now() + 60_000;
      for (;;) {
        const seen = await look();
        const of = (queue: string) => {
          const sample = seen.samples.find(({ channelId }) => channelId === queueChannelId(source.id, vhost, queue));
          if (!sample) throw new Error(`No sample of ${queue}; seen: ${seen.samples.map(({ channelId }) => channelId).slice(0, 20).join(' ')}`);
          return sample;
        };
        const result = condition({ of, source: seen.source });
        if (result) return result;
        if (Date.now() > end) throw new Error(`It did not become so within 60 s. Last: ${JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(0, 2000)}`);
        await pause(200);
      }
    },
  };
}
