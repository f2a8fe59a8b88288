/** The role `operations` with everything that it acts through: connectors, the cooperative gate, probes. */
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { MapperOptions } from '@/server/domain/mapping/compile-mapper';
import { createEditVault } from '@/server/domain/operations/edit-vault';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { CONNECTORS } from './connectors';
import { cooperativeLevers, type CooperativeLevers } from './cooperative-gate';
import { askedSource, createRowCounter } from './interface-tables/postgres/count-rows';
import { contractsInForce } from './runtime/contracts/contracts-in-force';
import { installationName } from './runtime/installation-name';
import type { Logger } from './runtime/logger';
import { startOperations, type RunningOperations } from './runtime/operations';
import { leversOfSources, type BoundLevers } from './runtime/operations/bound-levers';
import { followSources } from './runtime/operations/known-sources';
import { createProbes } from './runtime/probes';
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
  const { db, clickhouse, contracts, env, logger, tokenKey, tokenKeyId } = options;
  const now = () => new Date();
  const sources = followSources({ db, contracts, box: createSecretBox(options.secret), env });
  const rows = createRowCounter((sourceId) => askedSource(sourceId, sources.now()));
  const probes = createProbes({ contracts, clickhouse, env, now, tokenKey, tokenKeyId, countRows: (...asked) => rows.countRows(...asked) });
  await sources.ready;
  const operations = startOperations({
    db, clickhouse, logger, now, contracts: contractsInForce(options), installation: installationName(options.secret), vault: createEditVault(options.secret),
    levers: leversOfSources(CONNECTORS, () => sources.now(), withStores(cooperativeLevers, { db, clickhouse })),
    ask: (precondition, fields, signal) => probes.ask(precondition, fields, signal),
    askPrimary: (probe, signal) => probes.askPrimary(probe, signal),
  });
  return {
    stop: async () => {
      await operations.stop();
      probes.close();
      await rows.close();
      await sources.stop();
    },
  };
}

/** The gate has no source: what it needs is in our own stores. */
function withStores(levers: CooperativeLevers, stores: { db: Database; clickhouse: ClickHouse }): BoundLevers {
  // A run has getters, so it is extended and not copied.
  const given = <C extends object>(context: C) => Object.assign(Object.create(context) as C, stores);
  return {
    plan: (target, request, context) => levers.plan(target, request, given(context)),
    execute: (target, request, plan, run) => levers.execute(target, request, plan, given(run)),
    undo: (target, request, plan, run) => levers.undo(target, request, plan, given(run)),
    observe: (target, hold, context) => levers.observe(target, hold, given(context)),
    reassert: (target, hold, context) => levers.reassert(target, hold, given(context)),
  };
}
