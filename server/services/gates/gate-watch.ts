import type { Database } from '@/server/store/postgres';
import { readGates, type Gates } from './gates';

const POLL_MS = 500;

interface Waiter {
  flowId: string;
  etag: string;
  settle(outcome: { gates: Gates } | { error: unknown } | null): void;
}

/**
 * What all waiting clients of one process share: one look at Postgres every half second while somebody waits, and none
 * otherwise. Reads that are asked for at once are one read.
 */
export class GateWatch {
  readonly #read: () => Promise<Gates>;
  readonly #waiters = new Set<Waiter>();
  #running: Promise<Gates> | null = null;
  #next: Promise<Gates> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(read: () => Promise<Gates>) {
    this.#read = read;
  }

  /** How many clients wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** The gates as they stand after the call: a read that has already begun does not count. */
  async now(): Promise<Gates> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running.catch(() => undefined).then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  /**
   * Waits until the flow's gate answers something else than `etag`.
   *
   * @returns the gates then; null when the signal came first, or the process ends
   * @throws what the read threw: a state that cannot be looked at is not vouched for
   */
  async changed(flowId: string, etag: string, until: AbortSignal): Promise<Gates | null> {
    if (until.aborted) return null;
    return new Promise((resolve, reject) => {
      const end = (): void => waiter.settle(null);
      const waiter: Waiter = {
        flowId, etag,
        settle: (outcome) => {
          this.#waiters.delete(waiter);
          until.removeEventListener('abort', end);
          if (this.#waiters.size === 0) this.#rest();
          if (outcome === null) resolve(null);
          else if ('gates' in outcome) resolve(outcome.gates);
          else reject(outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)));
        },
      };
      until.addEventListener('abort', end, { once: true });
      this.#waiters.add(waiter);
      if (this.#timer === null) this.#watch();
    });
  }

  #begin(): Promise<Gates> {
    const running = this.#read().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    void running.then((gates) => this.#tell(gates), () => undefined);
    return running;
  }

  #tell(gates: Gates): void {
    for (const waiter of this.#waiters) if (gates.get(waiter.flowId)?.etag !== waiter.etag) waiter.settle({ gates });
  }

  #watch(): void {
    process.once('SIGTERM', this.#endAll);
    process.once('SIGINT', this.#endAll);
    const schedule = (): void => {
      const timer = setTimeout(async () => {
        try {
          await this.now();
        } catch (error) {
          for (const waiter of this.#waiters) waiter.settle({ error });
        }
        // Somebody may have gone and somebody else have come meanwhile: then another timer runs.
        if (this.#timer === timer) schedule();
      }, POLL_MS);
      this.#timer = timer;
    };
    schedule();
  }

  #rest(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    process.off('SIGTERM', this.#endAll);
    process.off('SIGINT', this.#endAll);
  }

  /** A server that ends would wait for its open requests. */
  readonly #endAll = (): void => {
    for (const waiter of this.#waiters) waiter.settle(null);
  };
}

const watches = new WeakMap<Database, GateWatch>();

export function gateWatch(db: Database): GateWatch {
  const known = watches.get(db);
  if (known) return known;
  const watch = new GateWatch(() => readGates(db));
  watches.set(db, watch);
  return watch;
}
