/** The contracts of a running collector: loaded from a folder and from the product, compiled, stored, and loaded again when either changes. */
import { resolve as resolvePath } from 'node:path';
import type { ContractDocument, ContractSet } from '@/server/domain/contracts/contract-set';
import type { ResolvedContracts } from '@/server/domain/contracts/resolve-contracts';
import { compileMapper } from '@/server/domain/mapping/compile-mapper';
import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import { loadActiveContracts } from '@/server/services/contracts/load-active-contracts';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import { createContractLoader } from './contract-loader';
import { createContractStoreSync, reasonOf } from './contract-store-sync';
import { readConsole, watchConsole, type KnownConsole } from './watch-console';
import { watchFolders } from './watch-folders';

export interface ContractChange {
  set: ContractSet;
  mapper: SpanMapper;
  /** The mapper until now: take its counts before it is forgotten. */
  previousMapper: SpanMapper;
}

export interface ContractRuntimeOptions {
  /** The contract folder; it may be missing or empty. */
  dir: string;
  db: Database;
  tokenKey: Uint8Array;
  tokenKeyId: string;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Called after the start, when other rules for spans have come into force. */
  onChange?: (change: ContractChange) => void;
  /** How often the product is looked at, and the folder where it sends no events. */
  pollMs?: number;
}

export interface ContractRuntime {
  mapper(): SpanMapper;
  set(): ContractSet;
  /** True when Postgres holds what is in force here. */
  isStored(): boolean;
  stop(): Promise<void>;
}

const POLL_MS = 2_000;
/** A start does not wait longer than this for Postgres: spans can be taken without it. */
const STORED_STATE_WAIT_MS = 3_000;

/**
 * Loads the contracts and keeps them loaded. Resolves once a mapper is ready, with or without Postgres.
 *
 * @throws RangeError when the token key or its id is unusable
 */
export async function startContractRuntime({ dir, db, tokenKey, tokenKeyId, logger, onChange, pollMs = POLL_MS }: ContractRuntimeOptions): Promise<ContractRuntime> {
  const compile = (set: ContractSet) => compileMapper(set, { tokenKey, tokenKeyId });
  const stored = await readStoredState(db, logger);
  const loader = createContractLoader(resolvePath(dir), stored?.documents ?? []);
  let current: ResolvedContracts = loader.adopt([]);
  let isStarted = false;
  let mapper = compile(current.set);
  let isStopped = false;

  function apply(resolved: ResolvedContracts): void {
    current = resolved;
    const next = compile(resolved.set);
    if (next.version === mapper.version) return;
    const previousMapper = mapper;
    mapper = next;
    if (isStarted) onChange?.({ set: current.set, mapper, previousMapper });
  }

  const sync = createContractStoreSync({
    db, logger, isStoredStateKnown: stored !== null,
    onStoredState: (documents) => {
      apply(loader.adopt(documents));
      return current;
    },
  });

  async function look(): Promise<void> {
    const loaded = await loader.load(product.current());
    if (!loaded || isStopped) return;
    watch.watchOnly(loaded.folders);
    apply(loaded);
    report(loaded, dir, logger);
    sync.store(loaded);
  }

  let looking: Promise<void> | null = null;
  let lookAgain = false;
  function lookSoon(): void {
    if (isStopped) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = look()
      .catch((error: unknown) => logger.error({ err: error }, 'The contract folder could not be loaded; the contracts in force stay'))
      .finally(() => {
        looking = null;
        if (lookAgain) {
          lookAgain = false;
          lookSoon();
        }
      });
  }

  const product = watchConsole({ db, logger, pollMs, known: stored?.product ?? null, onChange: lookSoon });
  const watch = watchFolders(lookSoon);
  await look();
  isStarted = true;
  const timer = setInterval(lookSoon, pollMs);
  timer.unref();

  return {
    mapper: () => mapper,
    set: () => current.set,
    isStored: () => sync.isStored(),
    async stop() {
      isStopped = true;
      clearInterval(timer);
      watch.stop();
      await product.stop();
      await looking;
      await sync.stop();
    },
  };
}

/** The stored contracts and those of the product, or null when Postgres does not answer in time. */
async function readStoredState(db: Database, logger: ContractRuntimeOptions['logger']): Promise<{ documents: readonly ContractDocument[]; product: KnownConsole } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${STORED_STATE_WAIT_MS} ms`)), STORED_STATE_WAIT_MS);
  });
  try {
    const [{ documents, unreadable }, product] = await Promise.race([Promise.all([loadActiveContracts(db), readConsole(db)]), late]);
    if (unreadable.length > 0) logger.warn({ unreadable }, 'Stored contracts of an older language version cannot be read; their files decide');
    return { documents, product };
  } catch (error) {
    logger.warn({ reason: reasonOf(error) }, 'Postgres does not answer: contracts come from the folder alone until it does');
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function report({ set, problems }: ResolvedContracts, dir: string, logger: ContractRuntimeOptions['logger']): void {
  for (const { file, line, rule, message } of problems.slice(0, 20)) logger.warn({ file, line, rule }, message);
  const counts = { flows: set.flows.length, processes: set.processes.length, sources: set.sources.length, lookups: set.lookups.length, problems: problems.length };
  if (set.flows.length === 0) logger.warn({ dir, ...counts }, 'No flow contract is in force: spans are stored, but belong to no flow. Put contracts into the folder, or set CONTRACTS_DIR');
  else logger.info({ dir, ...counts }, 'Contracts are in force');
}
