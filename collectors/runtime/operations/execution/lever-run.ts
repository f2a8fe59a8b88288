/** With what a connector carries an act out: its context, its memory, and the ways in which it may write. */
import type { Json } from '@/server/domain/canonical-json';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { drainRates, withSample, type DrainSample } from '@/server/domain/operations/drain-outlook';
import { recordEdit, recordStep, showProgress } from '@/server/services/operations/engine/run-operation';
import type { HeldLease } from '../../taps/held-lease';
import type { Engine } from '../engine';
import type { LeverContext } from '../levers';
import type { RampRun } from '../ramp/run-ramp';
import { journalOf } from './journal';
import { preconditionsOf, type Preconditions } from './may-act';
import { seenCopiesOf } from './seen-copies';

const PROGRESS_MS = 500;

export interface Life {
  lease: HeldLease;
  /** Aborts when the process stops, or the lease is lost. */
  signal: AbortSignal;
}

interface RunsFor extends Life {
  operation: { id: string; fence: bigint };
  stopRequested: () => boolean;
  /** Where the connector's notes are kept. */
  memory: { recorded: unknown; remember: (record: Json) => Promise<void> };
  /** Put before what the connector says of its progress. */
  prefix?: string;
}

/** What the engine itself needs of a run, beside what a connector gets. */
export interface OwnRun extends RampRun, Pick<Preconditions, 'silence'> {
  /** A late line of progress must not stand over the end. */
  settled(end: () => Promise<unknown>): Promise<void>;
}

/** Where no contract in force names the flow any more: nothing that a precondition guards is sent. */
const NOBODY: Preconditions = { silence: () => null, mayAct: () => Promise.resolve({ ok: false, reason: 'No contract in force names the flow any more.', instead: 'Make a new plan.' }) };

export function contextOf({ contracts, installation, logger, now }: Engine, operationId: string): Omit<LeverContext, 'signal'> {
  return { operationId, contracts, installation, logger, now: () => now().getTime() };
}

export function runOf(engine: Engine, operationId: string, flow: FlowContract | undefined, { lease, signal, operation, stopRequested, memory, prefix = '' }: RunsFor): OwnRun {
  let recorded = memory.recorded as Json;
  let shown = Promise.resolve();
  let lastShown = Number.NEGATIVE_INFINITY;
  const startedAt = performance.now();
  let samples: readonly DrainSample[] = [];
  let lastLeft: number | undefined;
  const preconditions = flow === undefined ? NOBODY : preconditionsOf(engine, flow, signal);
  return {
    ...contextOf(engine, operationId), signal, silence: preconditions.silence,
    stopRequested: () => stopRequested() || preconditions.silence() !== null,
    fence: operation.fence,
    isHeld: () => !signal.aborted && lease.isHeld(),
    get recorded() { return recorded; },
    remember: async (record) => {
      await memory.remember(record);
      recorded = record;
    },
    step: async (record, told) => {
      await recordStep(engine.db, operation, { ...told, record, now: engine.now() });
      recorded = record;
    },
    progress: ({ sentence, moved, left, steps }) => {
      const now = performance.now();
      // Live, but not a write per message. What is left is counted seldom, and never passed over.
      const isDue = now - lastShown >= PROGRESS_MS;
      if (moved !== undefined && (isDue || left !== undefined)) samples = withSample(samples, { atMs: now, moved, left: left ?? null });
      lastLeft = left ?? lastLeft;
      if (!isDue) return;
      lastShown = now;
      const progress = { sentence: `${prefix}${sentence}`, ...(moved === undefined ? {} : { moved, ...ratesOf(samples, lastShown - startedAt) }), ...(moved === undefined || lastLeft === undefined ? {} : { left: lastLeft }), ...(steps === undefined ? {} : { steps }) };
      shown = shown.then(() => showProgress(engine.db, operation, progress, engine.now())).catch(() => undefined);
    },
    journal: journalOf(engine, operation),
    seenCopies: seenCopiesOf(engine, operationId, signal),
    edited: (before) => recordEdit(engine.db, operation, before.map((one) => ({ at: one.at, before: engine.vault.digest(operationId, one) })), engine.now()),
    mayAct: preconditions.mayAct,
    settled: async (end) => {
      await shown;
      await end();
    },
  };
}

/** As decimal text. What was moved by a former life is in no rate. */
function ratesOf(samples: readonly DrainSample[], runsMs: number): { perSecond?: string; incomingPerSecond?: string } {
  const rates = drainRates(samples);
  if (rates !== null) return { perSecond: rates.perSecond.toFixed(1), ...(rates.incomingPerSecond === null ? {} : { incomingPerSecond: rates.incomingPerSecond.toFixed(1) }) };
  const [first, last] = [samples[0], samples.at(-1)];
  return first && last && last !== first ? { perSecond: ((last.moved - first.moved) / Math.max(1, runsMs / 1_000)).toFixed(1) } : {};
}
