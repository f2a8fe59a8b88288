/** Says how the taps are: one report per tapped source, one for the process, and what was counted. */
import { reportComponent, type ComponentReport } from '@/server/services/ingest/report-component';
import { databaseNow } from '@/server/services/leases/database-clock';
import { heldLeases } from '@/server/services/leases/held-leases';
import { withdrawOtherReports } from '@/server/services/system/withdraw-report';
import type { Database } from '@/server/store/postgres';
import { startReporting } from '../component-reporter';
import type { IngestCounter } from '../ingest/ingest-counter';
import { writeCounts } from '../ingest/write-counts';
import type { Logger } from '../logger';
import { tapLease, type ConfiguredSource } from './configured-sources';
import type { ContractsInForce } from './connector';
import type { TapRunner } from './tap-runner';
import type { TapStore } from './tap-store';

/** Component of the report of one source; its instance is the source's id, whichever process taps it. */
const TAP_COMPONENT = 'tap';

export interface TapReportingOptions {
  db: Database;
  logger: Logger;
  identity: { component: string; instance: string };
  store: TapStore;
  counter: IngestCounter;
  contracts: () => ContractsInForce;
  runners: () => readonly TapRunner[];
  sources: () => readonly ConfiguredSource[];
  /** Why the sources could not be read; null while they can. */
  problem: () => string | null;
}

export function startTapReporting(options: TapReportingOptions): { stop(): Promise<void> } {
  const { db, counter, identity } = options;
  const startedAt = new Date();
  return startReporting({
    db,
    logger: options.logger,
    report: async () => {
      const now = new Date();
      for (const { kind, subject, count } of options.contracts().mapper.takeCounts()) counter.add(kind, subject, count);
      await writeCounts(db, counter);
      for (const report of [...tapReports(options), ...await unusableReports(options, startedAt)]) await reportComponent(db, report, now);
      if (options.problem() === null) await withdrawOtherReports(db, TAP_COMPONENT, options.sources().map(({ id }) => id));
      return { ...identity, startedAt, ...describeProcess(options) };
    },
  });
}

function tapReports({ runners, identity }: TapReportingOptions): ComponentReport[] {
  return runners().flatMap((runner) => {
    const report = runner.report();
    if (!report || !runner.isHolding()) return [];
    const { status, summary, since, fence, lastSuccessAt, latencyMs, rows, lastError, detail } = report;
    return [{
      component: TAP_COMPONENT, instance: runner.configured.id, status, summary, startedAt: since,
      detail: { name: runner.configured.name, lastSuccessAt: lastSuccessAt === null ? null : new Date(lastSuccessAt).toISOString(), latencyMs, rows, lastError, instance: identity.instance, fence: fence.toString(), ...detail },
    }];
  });
}

/** A source that this process cannot tap: said only while no other process can, which may have the password that is missing here. */
async function unusableReports({ db, sources, identity }: TapReportingOptions, startedAt: Date): Promise<ComponentReport[]> {
  const unusable = sources().filter(({ problem }) => problem !== null);
  const tapped = await heldLeases(db, unusable.map(({ id }) => tapLease(id)), unusable.length > 0 ? await databaseNow(db) : startedAt);
  return unusable.flatMap(({ id, name, problem }) => (problem === null || tapped.has(tapLease(id)) ? [] : [{
    component: TAP_COMPONENT, instance: id, status: 'down' as const, summary: problem, startedAt,
    detail: { name, lastSuccessAt: null, latencyMs: null, rows: null, lastError: problem, instance: identity.instance },
  }]));
}

function describeProcess({ runners, sources, store, problem }: TapReportingOptions): Pick<ComponentReport, 'status' | 'summary' | 'detail'> {
  const held = runners().filter((runner) => runner.isHolding()).map(({ configured }) => configured.id);
  const { bufferedSamples, failingSince, lastError } = store.state();
  const detail = { sources: sources().length, held, bufferedSamples, failingSince: failingSince === null ? null : new Date(failingSince).toISOString(), lastError };
  const sourcesProblem = problem();
  if (sourcesProblem !== null) return { status: 'warning', summary: `The list of sources cannot be read; those that are tapped go on. ${sourcesProblem}`, detail };
  if (failingSince !== null) return { status: 'warning', summary: `ClickHouse takes no samples since ${new Date(failingSince).toISOString()}: ${lastError ?? ''}; ${bufferedSamples} wait in memory.`, detail };
  if (sources().length === 0) return { status: 'ok', summary: 'No source is connected. Add one under Settings → Sources.', detail };
  return { status: 'ok', summary: held.length === sources().length ? `Tapping ${countOf(held.length)}.` : `Tapping ${held.length} of ${countOf(sources().length)}.`, detail };
}

const countOf = (sources: number) => `${sources} ${sources === 1 ? 'source' : 'sources'}`;
