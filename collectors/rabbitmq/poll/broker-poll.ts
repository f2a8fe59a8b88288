/** Looks at one broker at each grid instant and hands samples to the sink. A look that fails is a sample too. */
import type { ConnectedSource, TapContext } from '@/collectors/runtime/taps/connector';
import type { BacklogSample, SourceSample } from '@/server/domain/taps/facts';
import type { AgeEvidence } from '../age';
import { AlarmBoard } from '../broker-alarms';
import { KnownTopology } from '../known-topology';
import { ManagementClient } from '../management/management-client';
import { ManagementError } from '../management/management-error';
import type { QueueLook, TapSurroundings } from '../tap-surroundings';
import { samplesOfFailure, samplesOfLook } from './backlog-samples';
import { lookAtBroker, type BrokerLook } from './broker-look';
import { contractQueues, type ContractQueue } from './contract-queues';
import { CounterEpochs } from './counter-epochs';
import { EmptiedDeadLetters } from './emptied-dead-letters';
import { failureReport, lookReport } from './poll-report';

/** A look that lasts longer is given up, so that its failure is stored before the next instant. */
const SHARE_OF_INTERVAL = 0.9;

export type PollContext = Pick<TapContext, 'contracts' | 'sink' | 'report' | 'now'>;

export class BrokerPoll {
  readonly client: ManagementClient;
  readonly surroundings: TapSurroundings;
  readonly #source: ConnectedSource<'rabbitmq'>;
  readonly #context: PollContext;
  readonly #alarms = new AlarmBoard();
  readonly #topology: KnownTopology;
  readonly #epochs = new CounterEpochs();
  readonly #emptied: EmptiedDeadLetters;
  readonly #limitMs: number;
  readonly #closing = new AbortController();
  #queues = new Map<string, QueueLook>();
  #evidence: AgeEvidence | null = null;
  #lastSuccessAt: number | null = null;

  constructor(source: ConnectedSource<'rabbitmq'>, context: PollContext) {
    this.#source = source;
    this.#context = context;
    this.#emptied = new EmptiedDeadLetters(context.sink);
    this.#limitMs = source.settings.pollSeconds * 1000 * SHARE_OF_INTERVAL;
    this.client = new ManagementClient({ settings: source.settings, credentials: source.observe, timeoutMs: this.#limitMs, now: context.now });
    this.#topology = new KnownTopology(this.client, source.settings.vhosts);
    this.surroundings = {
      alarms: this.#alarms,
      topology: this.#topology,
      queue: (vhost, name) => this.#queues.get(queueKey(vhost, name)),
      provideAges: (evidence) => {
        this.#evidence = evidence;
      },
    };
  }

  /** Never throws for a broker that is away or refuses. After an abort nothing is written. */
  async look(sampleTime: number, signal: AbortSignal): Promise<void> {
    const startedAt = this.#context.now();
    const contracted = contractQueues(this.#source.id, this.#context.contracts().flows);
    try {
      const look = await withinLimit(signal, this.#limitMs, this.client.address, (within) =>
        lookAtBroker(this.client, this.#source.settings.vhosts, new Set(contracted.map(({ vhost }) => vhost)), within));
      if (signal.aborted) return;
      this.#take(look, { sampleTime, startedAt, contracted });
    } catch (error) {
      if (signal.aborted) return;
      this.#takeFailure(error instanceof Error ? error.message : String(error), { sampleTime, startedAt, contracted });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.client.close();
    await this.#topology.settled();
  }

  #take(look: BrokerLook, { sampleTime, startedAt, contracted }: LookFrame): void {
    const now = this.#context.now();
    // Alarms that could not be asked for are no all-clear.
    if (look.state.alarms !== null) this.#alarms.show(look.state.alarms);
    this.#queues = new Map(look.queues.map((queue) => [queueKey(queue.vhost, queue.name), {
      sampleTime, ready: queue.ready, unacked: queue.unacked, published: queue.totals?.entered ?? null, delivered: queue.totals?.delivered ?? null,
    }]));
    const samples = samplesOfLook(look, {
      sourceId: this.#source.id, sampleTime, contracted, vhosts: this.#source.settings.vhosts, epochs: this.#epochs, evidence: this.#evidence, now,
    });
    this.#context.sink.samples([...samples, {
      ...this.#sourceSample({ sampleTime, startedAt }, now),
      alarms: look.state.alarms ?? [],
      blockedConnections: look.state.blockedConnections,
      channels: samples.filter(({ state }) => state !== 'missing').length,
      clockDifferenceMs: look.overview.clockDifferenceMs,
    }]);
    this.#noteDeadLetters(samples, contracted, now);
    this.#lastSuccessAt = now;
    this.#topology.noticeQueues(look.queues, now, this.#closing.signal);
    this.#context.report(lookReport(look, {
      at: now, latencyMs: now - startedAt, queues: samples.length,
      missing: samples.filter(({ state }) => state === 'missing').map(({ channelId }) => channelId), topologyProblem: this.#topology.problem,
    }));
  }

  #noteDeadLetters(samples: readonly BacklogSample[], contracted: readonly ContractQueue[], now: number): void {
    const contents = new Map(samples.map(({ channelId, waiting, inFlight }) => [channelId, waiting === null || inFlight === null ? null : waiting + inFlight]));
    for (const { channelId, holdsDeadLetters } of contracted) if (holdsDeadLetters) this.#emptied.note(channelId, contents.get(channelId) ?? null, now);
  }

  #takeFailure(error: string, { sampleTime, startedAt, contracted }: LookFrame): void {
    const now = this.#context.now();
    this.#queues = new Map();
    this.#context.sink.samples([
      ...samplesOfFailure(error, { sourceId: this.#source.id, sampleTime, contracted }),
      { ...this.#sourceSample({ sampleTime, startedAt }, now), ok: false, error },
    ]);
    this.#context.report(failureReport(error, { lastSuccessAt: this.#lastSuccessAt, latencyMs: now - startedAt }));
  }

  #sourceSample({ sampleTime, startedAt }: Pick<LookFrame, 'sampleTime' | 'startedAt'>, now: number): SourceSample {
    return {
      kind: 'sourceSample', sourceId: this.#source.id, sampleTime, ok: true, error: '', latencyMs: Math.max(0, now - startedAt),
      alarms: [], blockedConnections: null, channels: 0, clockDifferenceMs: null,
    };
  }
}

interface LookFrame {
  sampleTime: number;
  startedAt: number;
  contracted: readonly ContractQueue[];
}

const queueKey = (vhost: string, name: string) => `${vhost}\u0000${name}`;

/** @throws ManagementError when the work did not end in time; what the work throws */
async function withinLimit<T>(signal: AbortSignal, limitMs: number, address: string, work: (within: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const onAbort = () => ending.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => ending.abort(new ManagementError('timeout', `${address} answers too slowly: the look was given up after ${limitMs / 1000} s, before the next one was due. Give the source a longer poll interval, or the broker more room.`)), limitMs);
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
