/** The sources as they are configured now; looked at anew every two seconds, because they change at run time. */
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { readStoredConnections } from '@/server/services/sources/stored-connections';
import type { Database } from '@/server/store/postgres';
import { configuredSources, type ConfiguredSource, type Environment } from '../taps/configured-sources';

const LOOK_MS = 2_000;

export interface KnownSources {
  now: () => readonly ConfiguredSource[];
  /** Resolves after the first look. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

export function followSources(options: { db: Database; contracts: () => ContractSet; box: SecretBox; env: Environment }): KnownSources {
  let sources: readonly ConfiguredSource[] = [];
  const look = async () => {
    sources = await configuredSources(options.contracts().sources, await readStoredConnections(options.db), options.box, options.env);
  };
  // A look that fails leaves what was known; Settings shows that Postgres is away.
  let looking = look().catch(() => undefined);
  const timer = setInterval(() => { looking = looking.then(look).catch(() => undefined); }, LOOK_MS);
  return {
    now: () => sources,
    ready: looking,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
