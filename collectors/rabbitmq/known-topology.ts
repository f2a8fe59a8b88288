/** Keeps the wiring of a broker at hand: read once a minute, and when queues appear or vanish. */
import type { ManagementClient } from './management/management-client';
import { readBindingsFrom, readTopology } from './read-topology';
import type { BrokerBinding, BrokerTopology, TopologyView } from './topology';

const MAX_AGE_MS = 60_000;
/** Where clients declare and delete queues all the time, the wiring is still read no more often than this. */
const MIN_AGE_MS = 10_000;

export class KnownTopology implements TopologyView {
  /** Why the last reading failed; empty when it did not. */
  problem = '';
  readonly #client: ManagementClient;
  readonly #vhosts: readonly string[];
  #topology: BrokerTopology | null = null;
  #readAt = Number.NEGATIVE_INFINITY;
  #queues = '';
  #reading: Promise<void> | null = null;

  constructor(client: ManagementClient, vhosts: readonly string[]) {
    this.#client = client;
    this.#vhosts = vhosts;
  }

  current(): BrokerTopology | null {
    return this.#topology;
  }

  bindingsFrom(vhost: string, exchange: string, signal: AbortSignal): Promise<BrokerBinding[]> {
    return readBindingsFrom(this.#client, vhost, exchange, signal);
  }

  /**
   * Starts a reading where one is due, without waiting for it: a look must not last longer for it.
   *
   * @param queues the queues of the last look @param now Unix milliseconds
   */
  noticeQueues(queues: readonly { vhost: string; name: string }[], now: number, signal: AbortSignal): void {
    const names = queues.map(({ vhost, name }) => `${vhost}\u0000${name}`).sort().join('\u0001');
    const age = Math.abs(now - this.#readAt);
    const mayHaveChanged = names !== this.#queues || this.problem !== '';
    const isDue = age >= MAX_AGE_MS || (mayHaveChanged && age >= MIN_AGE_MS);
    if (!isDue || this.#reading !== null) return;
    this.#readAt = now;
    this.#queues = names;
    this.#reading = this.#read(signal).finally(() => {
      this.#reading = null;
    });
  }

  /** Resolves when no reading is under way. */
  async settled(): Promise<void> {
    await this.#reading;
  }

  /** The known wiring stays in use when it cannot be read anew. */
  async #read(signal: AbortSignal): Promise<void> {
    try {
      this.#topology = await readTopology(this.#client, this.#vhosts, signal);
      this.problem = '';
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}
