/** A message tap on a test broker, with everything it brings kept in memory, and wiring that is read anew at each look. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectedSource, ContractsInForce, TapContext, TapCountKind, TapReport } from '@/collectors/runtime/taps/connector';
import { createLogger } from '@/collectors/runtime/logger';
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';
import type { AgeEvidence } from '../../age';
import { ManagementClient } from '../../management/management-client';
import { BrokerPoll } from '../../poll/broker-poll';
import { readBindingsFrom, readTopology } from '../../read-topology';
import type { TapSurroundings } from '../../tap-surroundings';
import type { BrokerTopology } from '../../topology';
import { runMessageTap } from '../index';
import type { TapQueueLimits } from '../tap-queue';

const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 60_000;

export interface Tapped {
  messages: TapMessage[];
  failures: FailedMessage[];
  counts: Map<string, number>;
  ages(): AgeEvidence;
  report(): TapReport | null;
  count(kind: TapCountKind): number;
  /** Whether the lease runs. */
  isHeld: boolean;
  /** What storing waits for; a rejection is passed on. */
  gate: Promise<void>;
  /** What contracts are in force from the next look on. */
  contracts: ContractsInForce;
  /** @throws Error after a minute, with the last report */
  until(condition: (tapped: Tapped) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export function tapBroker(source: ConnectedSource<'rabbitmq'>, contracts: ContractsInForce, options: {
  limits?: TapQueueLimits; sink?: (facts: readonly (TapMessage | FailedMessage)[]) => Promise<void>; keeps?: boolean;
  lookEveryMs?: number;
} = {}): Tapped {
  const ending = new AbortController();
  let report: TapReport | null = null;
  let evidence: AgeEvidence | null = null;
  const tapped: Tapped = {
    messages: [], failures: [], counts: new Map(), isHeld: true, gate: Promise.resolve(), contracts,
    ages: () => evidence!,
    report: () => report,
    count: (kind) => [...tapped.counts].reduce((total, [key, count]) => (key.startsWith(`${kind} `) ? total + count : total), 0),
    async until(condition) {
      const end = Date.now() + PATIENCE_MS;
      while (!condition(tapped)) {
        if (Date.now() > end) throw new Error(`It did not become so within ${PATIENCE_MS / 1000} s. Messages: ${tapped.messages.length}, failures: ${tapped.failures.length}, counts: ${JSON.stringify([...tapped.counts])}, report: ${JSON.stringify(report, null, 1)}`);
        await pause(50);
      }
    },
    async stop() {
      ending.abort();
      await running;
      await poll.close();
      client.close();
    },
  };
  const sink: TapContext['sink'] = {
    samples: () => undefined,
    async messages(facts) {
      await tapped.gate;
      if (options.sink) await options.sink(facts);
      for (const fact of options.keeps === false ? [] : facts) {
        if (fact.kind === 'tapMessage') tapped.messages.push(fact);
        else tapped.failures.push(fact);
      }
    },
    resolveFailures: () => Promise.resolve(0),
    count: (kind, subject, count) => {
      const key = `${kind} ${subject}`;
      tapped.counts.set(key, (tapped.counts.get(key) ?? 0) + count);
    },
  };
  const base = { contracts: () => tapped.contracts, sink, now: Date.now };
  const poll = new BrokerPoll(source, { ...base, report: () => undefined });
  const client = new ManagementClient({ settings: source.settings, credentials: source.observe, timeoutMs: 5_000, now: Date.now });
  let topology: BrokerTopology | null = null;
  const surroundings: TapSurroundings = {
    ...poll.surroundings,
    topology: { current: () => topology, bindingsFrom: (vhost, exchange, signal) => readBindingsFrom(client, vhost, exchange, signal) },
    provideAges: (ages) => {
      evidence = ages;
      poll.surroundings.provideAges(ages);
    },
  };
  const context: TapContext = {
    ...base, signal: ending.signal, installation: 'test', fence: 1n, logger: createLogger('test'), isHeld: () => tapped.isHeld, report: (state) => { report = state; },
    async everyGridInstant(look) {
      let sampleTime = 0;
      while (!ending.signal.aborted) {
        sampleTime = Math.max(sampleTime + 1, Date.now());
        await poll.look(sampleTime, ending.signal);
        topology = await readTopology(client, source.settings.vhosts, ending.signal).catch(() => topology);
        await look(sampleTime);
        await pause(options.lookEveryMs ?? LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    },
  };
  const running = runMessageTap(source, context, surroundings, options.limits);
  return tapped;
}
