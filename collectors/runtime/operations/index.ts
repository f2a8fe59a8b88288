/** The role `operations` of a collector process: plans, executes, verifies. Any number of processes share the work by leases. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { raiseFence } from '@/server/services/operations/engine/fenced';
import { expireOperations, remindOfReviews } from '@/server/services/operations/engine/expire';
import { changeState } from '@/server/services/operations/engine/run-operation';
import { storePlan } from '@/server/services/operations/engine/store-plan';
import { actionableOperations } from '@/server/services/operations/engine/work-to-do';
import { countUndecided } from '@/server/services/operations/received/count-undecided';
import { withdrawReport } from '@/server/services/system/withdraw-report';
import { startJob } from '../evaluators/job';
import { startReporting } from '../component-reporter';
import { takeLease } from '../taps/held-lease';
import { sentenceOf, type Engine } from './engine';
import { executeOperation } from './execution/execute';
import { makePlan } from './planning/make-plan';
import { endReroutes } from './verification/end-reroutes';
import { settleOutcomes } from './verification/settle-outcomes';
import { watchHolds } from './verification/watch-holds';

const LOOK_MS = 250;
/** Operations that one process works on at once. */
const AT_ONCE = 8;
const PLAN_LIMIT_MS = 30_000;
/** Between two counts of what alternates received. */
const RECEIVED_MS = 10_000;

export interface RunningOperations {
  stop(): Promise<void>;
}

export function startOperations(engine: Engine): RunningOperations {
  const { db, logger } = engine;
  const identity = { component: 'operations', instance: `${hostname()}:${process.pid}` };
  const stopping = new AbortController();
  const working = new Map<string, Promise<void>>();
  let problem: string | null = null;
  let watched = 0;
  const startedAt = new Date();

  async function work(id: string): Promise<void> {
    // Another owner each time, so that the fence grows with each life.
    const lease = await takeLease(db, `operation ${id}`, randomUUID());
    if (!lease) return;
    try {
      const row = await raiseFence(db, id, lease.fence);
      if (!row) return;
      const signal = AbortSignal.any([stopping.signal, lease.signal]);
      if (row.state === 'draft') await plan(row, signal);
      else if (row.state === 'approved' || row.state === 'running') await executeOperation(engine, row, { lease, signal });
    } finally {
      await lease.release();
    }
  }

  async function plan(row: NonNullable<Awaited<ReturnType<typeof raiseFence>>>, whileHeld: AbortSignal): Promise<void> {
    const operation = { id: row.id, fence: row.fence };
    const limit = AbortSignal.timeout(PLAN_LIMIT_MS);
    const signal = AbortSignal.any([whileHeld, limit]);
    try {
      const { installation, contracts } = engine;
      const made = await makePlan(engine, row, { signal, installation, operationId: row.id, contracts, logger, now: () => engine.now().getTime() });
      await storePlan(db, operation, made.plan, made.items, engine.now());
    } catch (error) {
      if (whileHeld.aborted) return;
      const sentence = limit.aborted ? `The source did not answer within ${PLAN_LIMIT_MS / 1_000} s. Try again when it does.` : sentenceOf(error);
      await changeState(db, operation, 'failed', { sentence, now: engine.now() });
    }
  }

  async function look(): Promise<void> {
    const found = await actionableOperations(db, engine.now(), AT_ONCE * 4);
    for (const { id } of found) {
      if (working.size >= AT_ONCE) return;
      if (working.has(id)) continue;
      working.set(id, work(id).catch((error: unknown) => logger.warn({ operation: id, error: sentenceOf(error) }, 'work on an operation ended; it will be continued')).finally(() => working.delete(id)));
    }
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await look().then(() => { problem = null; }, (error: unknown) => { problem = sentenceOf(error); });
      await pause(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  const jobs = [
    startJob({ name: 'operations holds', everyMs: 750, run: async () => { watched = await watchHolds(engine, stopping.signal); } }, { db, logger }),
    startJob({ name: 'operations outcomes', everyMs: 1_000, run: () => settleOutcomes(engine, stopping.signal) }, { db, logger }),
    startJob({ name: 'operations expiry', everyMs: 2_000, run: async () => { await expireOperations(db, engine.now()); await remindOfReviews(db, engine.now()); } }, { db, logger }),
    startJob({ name: 'operations received', everyMs: RECEIVED_MS, run: async () => { for (const uncounted of await countUndecided({ ...engine, signal: stopping.signal })) logger.warn({ uncounted }, 'what an alternate received was not counted'); } }, { db, logger }),
    startJob({ name: 'operations reroute ends', everyMs: 1_000, run: () => endReroutes(engine, stopping.signal) }, { db, logger }),
  ];

  const reporting = startReporting({
    db, logger,
    report: async () => {
      const failing = jobs.map((job) => job.state()).filter(({ state }) => state === 'failing');
      const errors = [...(problem === null ? [] : [problem]), ...failing.map(({ name, lastError }) => `${name}: ${lastError}`)];
      return {
        ...identity, status: errors.length > 0 ? 'warning' : 'ok',
        summary: errors.length > 0 ? `Levers cannot be relied on: ${errors.join('; ')}` : `${working.size} operations under way, ${watched} holds measured.`,
        detail: { working: working.size, holds: watched, errors }, startedAt,
      };
    },
  });
  return {
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all(working.values());
      await Promise.all(jobs.map((job) => job.stop()));
      await reporting.stop();
      await withdrawReport(db, identity).catch(() => undefined);
    },
  };
}
