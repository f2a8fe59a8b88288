/** The taps of a collector process: every connected source is tapped by one process at a time. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { MapperOptions } from '@/server/domain/mapping/compile-mapper';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import { readStoredConnections } from '@/server/services/sources/stored-connections';
import { countLiveInstances } from '@/server/services/system/live-instances';
import { withdrawReport } from '@/server/services/system/withdraw-report';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { contractsInForce } from '../contracts/contracts-in-force';
import { IngestCounter } from '../ingest/ingest-counter';
import { installationName } from '../installation-name';
import type { Logger } from '../logger';
import { configuredSources, type ConfiguredSource, type Environment } from './configured-sources';
import type { ConnectedSource, Connector } from './connector';
import { fairShare, shouldTry } from './fair-share';
import { startTapReporting } from './reporting';
import { startRequestWorker } from './request-worker';
import { startTapRunner, type TapRunner } from './tap-runner';
import { startTapStore } from './tap-store';

const LOOK_AT_SOURCES_MS = 2_000;
const STOP_GRACE_MS = 2_000;

export interface TapsOptions extends MapperOptions {
  db: Database;
  clickhouse: ClickHouse;
  contracts: () => ContractSet;
  connectors: Readonly<Record<ConnectableKind, Connector>>;
  /** Seals credentials at rest; the installation's secret. */
  secret: Uint8Array;
  env: Environment;
  logger: Logger;
}

export interface RunningTaps {
  /** Ids of the sources that this process taps now. */
  held(): string[];
  stop(): Promise<void>;
}

export function startTaps(options: TapsOptions): RunningTaps {
  const { db, logger } = options;
  const owner = randomUUID();
  const identity = { component: 'taps', instance: `${hostname()}:${process.pid}` };
  const box = createSecretBox(options.secret);
  const installation = installationName(options.secret);
  const counter = new IngestCounter();
  const store = startTapStore({ clickhouse: options.clickhouse, counter });
  const contracts = contractsInForce(options);
  const runners = new Map<string, TapRunner>();
  let sources: readonly ConfiguredSource[] = [];
  let share = 0;
  let sourcesProblem: string | null = null;

  const held = () => [...runners.values()].filter((runner) => runner.isHolding()).map(({ configured }) => configured.id);

  function start(configured: ConfiguredSource & { source: ConnectedSource }): void {
    runners.set(configured.id, startTapRunner({
      db, configured, contracts, store, logger, owner, installation,
      connector: options.connectors[configured.source.kind],
      mayTry: (sinceLastTryMs) => shouldTry({ held: held().length, share, sinceLastTryMs }),
    }));
  }

  /** Brings what runs in line with what is configured; a source that changed starts again. */
  async function follow(): Promise<void> {
    sources = await configuredSources(options.contracts().sources, await readStoredConnections(db), box, options.env);
    const wanted = new Map(sources.map((configured) => [configured.id, configured]));
    await Promise.all([...runners].map(async ([id, runner]) => {
      if (wanted.get(id)?.revision === runner.configured.revision) return;
      runners.delete(id);
      await runner.stop();
    }));
    for (const configured of sources) if (configured.source && !runners.has(configured.id)) start({ ...configured, source: configured.source });
    share = fairShare(runners.size, await countLiveInstances(db, identity.component, new Date()));
    const [surplus] = held().toSorted().slice(share);
    if (surplus !== undefined) runners.get(surplus)?.giveUp();
  }

  let following: Promise<void> = Promise.resolve();
  const look = () => {
    following = following.then(follow).then(
      () => { sourcesProblem = null; },
      (error: unknown) => { sourcesProblem = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error); },
    );
  };
  look();
  const timer = setInterval(look, LOOK_AT_SOURCES_MS);

  const reporting = startTapReporting({ db, logger, identity, store, counter, contracts, runners: () => [...runners.values()], sources: () => sources, problem: () => sourcesProblem });
  const requests = startRequestWorker({ db, connectors: options.connectors, sources: () => sources, contracts, box, owner, logger });

  return {
    held,
    stop: async () => {
      clearInterval(timer);
      await following;
      await requests.stop();
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
      await store.stop(STOP_GRACE_MS);
      await reporting.stop();
      await withdrawReport(db, identity).catch(() => undefined);
    },
  };
}
