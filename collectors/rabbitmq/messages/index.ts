/**
 * The message tap: copies of what is published to the exchanges that contracts name, and of dead letters on their way. It
 * binds bounded queues of its own and reads only those; queues of the business are never consumed, fetched from or requeued.
 */
import { channelId } from '@/server/domain/contracts/channel';
import type { ConnectedSource, TapContext } from '@/collectors/runtime/taps/connector';
import type { TapSurroundings } from '../tap-surroundings';
import type { BrokerTopology } from '../topology';
import { messageReport, waitingForTopology } from './message-report';
import { PublishRanks } from './publish-ranks';
import { storingRulesOf } from './read-copy';
import { planTaps, type TapNote } from './tap-plan';
import { TAP_QUEUE_LIMITS, tapQueuePrefix, type TapQueueLimits } from './tap-queue';
import { VhostTap } from './vhost-tap';

/** Runs until the context's signal aborts. @param limits of our own queues; tests make them small */
export async function runMessageTap(
  source: ConnectedSource<'rabbitmq'>, context: TapContext, surroundings: TapSurroundings, limits: TapQueueLimits = TAP_QUEUE_LIMITS,
): Promise<void> {
  const tap = new MessageTap(source, context, surroundings, limits);
  try {
    // Not waited for: a virtual host that hangs must not keep the others from their next look.
    await context.everyGridInstant(() => {
      void tap.look();
      return Promise.resolve();
    });
  } finally {
    await tap.end();
  }
}

class MessageTap {
  readonly #source: ConnectedSource<'rabbitmq'>;
  readonly #context: TapContext;
  readonly #surroundings: TapSurroundings;
  readonly #limits: TapQueueLimits;
  readonly #ranks: PublishRanks;
  readonly #vhosts = new Map<string, VhostTap>();
  /** Queue of each channel that contracts name. */
  #queues = new Map<string, { vhost: string; name: string }>();
  #orphans = new Set<string>();
  #lastSuccessAt: number | null = null;

  constructor(source: ConnectedSource<'rabbitmq'>, context: TapContext, surroundings: TapSurroundings, limits: TapQueueLimits) {
    this.#source = source;
    this.#context = context;
    this.#surroundings = surroundings;
    this.#limits = limits;
    this.#ranks = new PublishRanks((id) => {
      const queue = this.#queues.get(id);
      return queue && surroundings.queue(queue.vhost, queue.name);
    });
    surroundings.provideAges(this.#ranks);
  }

  async look(): Promise<void> {
    const topology = this.#surroundings.topology.current();
    if (topology === null) {
      this.#context.report(waitingForTopology());
      return;
    }
    const contracts = this.#context.contracts();
    const { taps, notes } = planTaps({ id: this.#source.id, installation: this.#context.installation, vhosts: this.#source.settings.vhosts }, contracts.flows, topology);
    this.#noticeChannels(topology);
    this.#ranks.retain(new Set(taps.flatMap(({ routes }) => routes.map((route) => route.channelId))));
    const reader = {
      sourceId: this.#source.id, mapper: contracts.mapper, storing: storingRulesOf(contracts),
      undecodable: (subject: string) => this.#context.sink.count('tap-undecodable', subject, 1),
    };
    const orphans = this.#orphansOf(topology, new Set(taps.map(({ queue }) => queue)));
    for (const { vhost } of [...taps, ...orphans]) this.#open(vhost);
    await Promise.all([...this.#vhosts].map(([vhost, tap]) => tap.look({
      taps: taps.filter((planned) => planned.vhost === vhost),
      orphans: orphans.filter((orphan) => orphan.vhost === vhost).map(({ name }) => name),
      topology, reader,
    })));
    this.#report(notes);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#vhosts.values()].map((tap) => tap.end()));
  }

  #open(vhost: string): void {
    if (this.#vhosts.has(vhost) || this.#context.signal.aborted) return;
    this.#vhosts.set(vhost, new VhostTap({ source: this.#source, vhost, context: this.#context, surroundings: this.#surroundings, ranks: this.#ranks, limits: this.#limits }));
  }

  #noticeChannels(topology: BrokerTopology): void {
    this.#queues = new Map(topology.queues.map(({ vhost, name }) => [channelId({ source: this.#source.id, kind: 'queue', vhost, name }), { vhost, name }]));
  }

  /** Queues of ours that two looks in a row did not want: contracts may still be on their way at the first one. */
  #orphansOf({ queues }: BrokerTopology, wanted: ReadonlySet<string>): { vhost: string; name: string }[] {
    const prefix = tapQueuePrefix({ installation: this.#context.installation, sourceId: this.#source.id });
    const unwanted = queues.filter(({ name }) => name.startsWith(prefix) && !wanted.has(name));
    const again = unwanted.filter(({ name }) => this.#orphans.has(name));
    this.#orphans = new Set(unwanted.map(({ name }) => name));
    return again;
  }

  #report(notes: readonly TapNote[]): void {
    if (this.#context.signal.aborted) return;
    if ([...this.#vhosts.values()].every(({ connection }) => connection.current !== null)) this.#lastSuccessAt = this.#context.now();
    this.#context.report(messageReport({ notes, vhosts: this.#vhosts, alarms: this.#surroundings.alarms.current(), lastSuccessAt: this.#lastSuccessAt }));
  }
}
