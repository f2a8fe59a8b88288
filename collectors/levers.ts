/** The role `operations` with everything that it acts through: connectors, the cooperative gate, probes. */
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { MapperOptions } from '@/server/domain/mapping/compile-mapper';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { CONNECTORS } from './connectors';
import { contractsInForce } from './runtime/contracts/contracts-in-force';
import { installationName } from './runtime/installation-name';
import type { Logger } from './runtime/logger';
import { startOperations, type RunningOperations } from './runtime/operations';
import { leversOfSources } from './runtime/operations/bound-levers';
import { followSources } from './runtime/operations/known-sources';
import type { Environment } from './runtime/taps/configured-sources';

export interface LeversOptions extends MapperOptions {
  db: Database;
  clickhouse: ClickHouse;
  contracts: () => ContractSet;
  secret: Uint8Array;
  env: Environment;
  logger: Logger;
}

/** Resolves when the sources are known: an operation that waits is not refused because nobody had looked yet. */
export async function startLevers(options: LeversOptions): Promise<RunningOperations> {
  const { db, clickhouse, contracts, env, logger } = options;
  const sources = followSources({ db, contracts, box: createSecretBox(options.secret), env });
  await sources.ready;
  const operations = startOperations({
    db, clickhouse, logger, contracts: contractsInForce(options), installation: installationName(options.secret), now: () => new Date(),
    levers: leversOfSources(CONNECTORS, sources.now, null),
    ask: async ({ check }) => ({ holds: false, evidence: `Nobody can ask for ${check} yet.` }),
  });
  return {
    stop: async () => {
      await operations.stop();
      await sources.stop();
    },
  };
}
