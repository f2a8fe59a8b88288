import { hostname } from 'node:os';
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { ComponentReport } from '@/server/services/ingest/report-component';
import { withdrawReport } from '@/server/services/system/withdraw-report';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { startReporting } from '../component-reporter';
import type { AuditSink } from '../audit/sinks';
import type { Logger } from '../logger';
import { auditSinkJob } from './audit-sink';
import { flowHealthJob } from './flow-health';
import { startJob, type JobState } from './job';
import { latencySettleJob } from './latency-settle';
import { retentionJob } from './retention';

const AUDIT_EVERY_MS = 5 * 60_000;

export interface EvaluatorOptions {
  db: Database;
  clickhouse: ClickHouse;
  contracts: () => ContractSet;
  logger: Logger;
  /** Where the head of the audit chain is written to; none by default. */
  auditSinks?: readonly AuditSink[];
  auditEveryMs?: number;
  now?: () => Date;
}

/** Everything that is computed from facts again and again. Each job runs in one process at a time, whoever holds its lease. */
export function startEvaluators(options: EvaluatorOptions): { stop(): Promise<void> } {
  const now = options.now ?? (() => new Date());
  const startedAt = now();
  const jobs = [
    startJob(latencySettleJob({ clickhouse: options.clickhouse, now }), options),
    startJob(flowHealthJob({ ...options, now }), options),
    startJob(retentionJob({ ...options, now }), options),
    startJob(auditSinkJob({ db: options.db, sinks: options.auditSinks ?? [], everyMs: options.auditEveryMs ?? AUDIT_EVERY_MS, now }), options),
  ];
  const identity = { component: 'evaluators', instance: `${hostname()}:${process.pid}` };
  const reporting = startReporting({
    db: options.db,
    logger: options.logger,
    report: () => Promise.resolve({ ...identity, startedAt, ...describe(jobs.map((job) => job.state())) }),
  });
  return {
    stop: async () => {
      await Promise.all(jobs.map((job) => job.stop()));
      await reporting.stop();
      await withdrawReport(options.db, identity);
    },
  };
}

function describe(states: readonly JobState[]): Pick<ComponentReport, 'status' | 'summary' | 'detail'> {
  const failing = states.filter(({ state }) => state === 'failing');
  const waiting = states.filter(({ state }) => state === 'waiting');
  return {
    status: failing.length > 0 ? 'warning' : 'ok',
    summary: failing.length > 0
      ? failing.map(({ name, lastError }) => `${name} fails: ${lastError}`).join(' ')
      : waiting.length === states.length ? 'Standing by; another process evaluates.' : 'Evaluating.',
    detail: Object.fromEntries(states.map(({ name, state, lastDoneAt, lastError }) => [name, { state, lastDoneAt: lastDoneAt?.toISOString() ?? null, lastError }])),
  };
}
