/** Keeps Postgres up to date with what is in force here. Postgres away delays this; it never stops mapping. */
import type { ContractDocument } from '@/server/domain/contracts/contract-set';
import { loadActiveContracts } from '@/server/services/contracts/load-active-contracts';
import { storeContracts, type LoadedContracts } from '@/server/services/contracts/store-contracts';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';

export interface ContractStoreSync {
  /** Stores what is in force, now or as soon as Postgres can be reached. */
  store(loaded: LoadedContracts): void;
  /** True when the newest that was given is stored. */
  isStored(): boolean;
  stop(): Promise<void>;
}

export interface ContractStoreSyncOptions {
  db: Database;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Whether the stored contracts are known already; if not, they are read before the first store. */
  isStoredStateKnown: boolean;
  /** Gets the stored contracts once Postgres answers, and returns what is in force with them. */
  onStoredState: (stored: readonly ContractDocument[]) => LoadedContracts;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Why the database refused, without the statement and its parameters: those hold whole contracts. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message.split('\n', 1)[0] ?? '';
}

export function createContractStoreSync({ db, logger, isStoredStateKnown, onStoredState }: ContractStoreSyncOptions): ContractStoreSync {
  let pending: LoadedContracts | null = null;
  let isKnown = isStoredStateKnown;
  let retryMs = FIRST_RETRY_MS;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  const stopping = new AbortController();

  async function run(): Promise<void> {
    while (pending && !stopping.signal.aborted) {
      try {
        if (!isKnown) {
          const { documents } = await loadActiveContracts(db);
          pending = onStoredState(documents);
          isKnown = true;
        }
        const storing = pending;
        await storeContracts(db, storing, new Date());
        retryMs = FIRST_RETRY_MS;
        if (pending === storing) pending = null;
      } catch (error) {
        logger.warn({ reason: reasonOf(error), retryInMs: retryMs }, 'Contracts could not be stored; they are in force here and are stored once Postgres answers');
        timer = setTimeout(start, retryMs);
        timer.unref();
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
        return;
      }
    }
  }

  function start(): void {
    timer = null;
    running ??= run().finally(() => (running = null));
  }

  return {
    store(loaded) {
      pending = loaded;
      if (timer) clearTimeout(timer);
      start();
    },
    isStored: () => pending === null,
    async stop() {
      stopping.abort();
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
