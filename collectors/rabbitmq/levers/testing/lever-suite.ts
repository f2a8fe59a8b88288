/** A broker for a suite, and levers pulled on it as the runtime would: plan, look at the locks, execute. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { HoldInPlace, HoldObservation, LeverRequest, LeverResult, LeverTarget } from '@/collectors/runtime/operations/levers';
import type { ConnectedSource, ContractsInForce } from '@/collectors/runtime/taps/connector';
import type { BrokerUser, SharedTestBroker, TestBroker } from '@/scripts/testing/broker';
import { channelId } from '@/server/domain/contracts/channel';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { contracts, queueChannel } from '../../messages/testing/contract-flows';
import { brokerSuite, ownBrokerSuite, type BrokerSuite } from '../../messages/testing/broker-suite';
import { brokerSource } from '../../testing/watched-broker';
import { rabbitmqLevers } from '../index';
import { KeptRun } from './kept-run';

export interface LeverBench {
  source: ConnectedSource<'rabbitmq'>;
  target: LeverTarget;
  contracts: ContractsInForce;
  plan(request: LeverRequest): Promise<ConnectorPlan>;
  /** A new operation. @param file where its journal is kept */
  run(file?: string): KeptRun;
  /** Plans and executes. @throws Error with the locks when there are any */
  pull(request: LeverRequest, run?: KeptRun): Promise<LeverResult>;
  /** Pauses, and answers the hold. */
  hold(method: HoldMethod): Promise<HoldInPlace>;
  observe(hold: HoldInPlace): Promise<HoldObservation>;
}

interface Bench {
  bench(vhost: string, channel: string, options?: { levers?: BrokerUser | null; spec?: string; management?: string; amqp?: string }): LeverBench;
}

export type LeverSuite<B extends SharedTestBroker = SharedTestBroker> = BrokerSuite<B> & Bench;

/** On a broker that other suites use, too. */
export function leverSuite(): LeverSuite {
  return benchesOn(brokerSuite());
}

/** On a broker that the suite may hurt. */
export function ownLeverSuite(): LeverSuite<TestBroker> {
  return benchesOn(ownBrokerSuite());
}

function benchesOn<B extends SharedTestBroker>(suite: BrokerSuite<B>): LeverSuite<B> {
  return Object.assign(suite, {
    bench(vhost: string, channel: string, { levers = suite.broker.admin, spec = '', management, amqp }: { levers?: BrokerUser | null; spec?: string; management?: string; amqp?: string } = {}): LeverBench {
      const inForce = contracts({ channel: queueChannel(vhost, channel), spec });
      return benchOf(brokerSource({
        management: management ?? suite.broker.managementUrl, amqp: amqp ?? `amqp://${new URL(suite.broker.amqpUrl()).host}`, observe: suite.broker.admin, levers, vhosts: [vhost],
      }), inForce);
    },
  });
}

export function benchOf(source: ConnectedSource<'rabbitmq'>, inForce: ContractsInForce): LeverBench {
  const flow = inForce.flows[0]!;
  const hop = flow.spec.path[0]!;
  const target: LeverTarget = { flow, hop, channel: hop.channel, channelId: channelId(hop.channel) };
  const newRun = (file?: string) => new KeptRun(randomUUID(), () => inForce, file ?? null);
  const plan = (request: LeverRequest) => rabbitmqLevers.plan(source, target, request, newRun());
  const pull = async (request: LeverRequest, run = newRun()) => {
    const planned = await plan(request);
    if (planned.locks.length > 0) throw new Error(planned.locks.map(({ code, sentence }) => `${code}: ${sentence}`).join('\n'));
    return rabbitmqLevers.execute(source, target, request, planned, run);
  };
  return {
    source, target, contracts: inForce, plan, run: newRun, pull,
    async hold(method) {
      const id = randomUUID();
      const run = newRun();
      const request: LeverRequest = { kind: 'pause', holdId: id, method };
      const planned = await plan(request);
      expect(planned.locks).toEqual([]);
      const requestedAt = new Date();
      await rabbitmqLevers.execute(source, target, request, planned, run);
      return { id, method, action: planned.action, record: run.recorded, requestedAt };
    },
    observe: (hold) => rabbitmqLevers.observe(source, target, hold, newRun()),
  };
}
