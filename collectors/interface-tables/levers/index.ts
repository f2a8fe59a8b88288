/** Levers of interface tables: which file answers for which request. */
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { SourceAway, type HoldInPlace, type HoldObservation, type LeverContext, type LeverRequest, type LeverResult, type LeverRun, type Levers, type LeverTarget } from '../../runtime/operations/levers';
import type { ConnectedSource } from '../../runtime/taps/connector';
import { SourceProblem } from '../dialect';
import type { LeverDialect } from '../lever-dialect';
import { executeGateCanary, planGateCanary } from './gate-canary';
import { leverTable } from './lever-table';
import { lockedPlan } from './plan-parts';
import { planRelease, releaseGate, releaseMarked } from './release';
import { executeReplay, planReplay } from './replay';
import { executeReroute, observeReroute, planReroute } from './reroute';
import { executeRestore, planRestore, undoReroute } from './restore';
import { closeGate, observeGate, openGate, planGatePause, type GateWork } from './row-gate';
import { NO_CREDENTIALS, withSessions, type Sessions } from './sessions';
import { markAll, markOnce, observeSwap, planSwapPause } from './status-swap';

export function tableLevers<K extends ConnectableKind>(dialect: LeverDialect<SettingsByKind[K]>): Levers<K> {
  type Source = ConnectedSource<K>;
  type Work = GateWork<K> & { sessions: Sessions };

  /** @throws Error with a sentence when the table is not what it was when the plan was made */
  async function onTable<T>(source: Source, target: LeverTarget, context: LeverContext, work: (work: Work) => Promise<T>): Promise<T> {
    return withSessions(dialect, source, async (sessions) => {
      const session = await sessions.open();
      const table = await leverTable(session, source.id, target, context.contracts());
      if ('code' in table) throw new Error(table.sentence);
      return work({ dialect, source, target, table, session, sessions });
    });
  }

  return {
    async plan(source, target, request, context) {
      if (source.levers === null) return lockedPlan({ code: 'no-lever-credentials', sentence: NO_CREDENTIALS(source.name) });
      return withSessions(dialect, source, async (sessions) => {
        const session = await sessions.open();
        const table = await leverTable(session, source.id, target, context.contracts());
        return 'code' in table ? lockedPlan(table) : planOf({ dialect, source, target, table, session }, request);
      });
    },
    execute: (source, target, request, plan, run) => onTable(source, target, run, (work) => executionOf(work, request, plan, run)),
    undo: (source, target, request, plan, run) => onTable(source, target, run, async ({ table, session }) => {
      if (request.kind === 'reroute') await undoReroute(table, session, plan.action, run);
      if (request.kind !== 'pause') return;
      if (request.method === 'row-gate') await openGate(table, session, request.holdId, run);
      else await releaseMarked(table, session, null, forUndo(run));
    }),
    async observe(source, target, hold, context) {
      if (source.levers === null) return unreachable(NO_CREDENTIALS(source.name));
      try {
        return await onTable(source, target, context, (work) => observationOf(work, hold, context));
      } catch (error) {
        if (error instanceof SourceAway || error instanceof SourceProblem) return unreachable(error.message);
        throw error;
      }
    },
    reassert: (source, target, hold, context) => onTable(source, target, context, (work) => reassertHold(work, hold, context)),
  };
}

async function planOf<K extends ConnectableKind>(work: GateWork<K>, request: LeverRequest): Promise<ConnectorPlan> {
  switch (request.kind) {
    case 'pause':
      if (request.method === 'row-gate') return planGatePause(work);
      if (request.method === 'status-swap') return planSwapPause(work);
      return lockedPlan({ code: 'no-such-method', sentence: `A table cannot be held by ${request.method}: choose the row gate, or marking rows as held.` });
    case 'canary':
      if (request.hold.method === 'row-gate') return planGateCanary(work, request.hold, request.which);
      return lockedPlan({ code: 'canary-impossible', sentence: 'A canary cannot pass a hold that marks rows: a row that is set to pending is marked as held again before anybody takes it. Release, or pause by the row gate.' });
    case 'release': return planRelease(work, request.hold, request.perSecond);
    case 'replay': return planReplay(work, request);
    case 'reroute': return planReroute(work, request);
    case 'restore': return planRestore(work, request.hold);
  }
}

async function executionOf<K extends ConnectableKind>({ target, table, session }: GateWork<K>, request: LeverRequest, plan: ConnectorPlan, run: LeverRun): Promise<LeverResult> {
  switch (request.kind) {
    case 'pause': return request.method === 'row-gate' ? closeGate(table, session, request.holdId, run) : markAll(table, session, run);
    case 'canary': return executeGateCanary(table, session, request.hold, request.which, run, request.perSecond);
    case 'release': return request.hold.method === 'row-gate' ? releaseGate(table, session, request.hold, request.perSecond, run) : releaseMarked(table, session, request.perSecond, run);
    case 'replay': return executeReplay(target, table, session, request, run);
    case 'reroute': return executeReroute(table, session, plan.action, run);
    case 'restore': return executeRestore(table, session, request.hold, run);
  }
}

function observationOf<K extends ConnectableKind>({ table, session, sessions }: GateWork<K> & { sessions: Sessions }, hold: HoldInPlace, context: LeverContext): Promise<HoldObservation> {
  switch (hold.method) {
    case 'row-gate': return observeGate(table, session, sessions, hold, context);
    case 'destination': return observeReroute(table, session, hold);
    default: return observeSwap(table, session, sessions, hold, context);
  }
}

/** @throws Error with a sentence when it is not in our hands */
async function reassertHold<K extends ConnectableKind>({ table, session, source }: GateWork<K>, hold: HoldInPlace, context: LeverContext): Promise<void> {
  if (hold.method === 'status-swap') {
    await markOnce(table, session, () => !context.signal.aborted);
    return;
  }
  if (hold.method !== 'row-gate') throw new Error(`Rows of ${table.name} that came since can be led elsewhere by another reroute only, which a person plans.`);
  const { row, isSecured, roles } = await session.gate(table.question, table.share);
  if (!isSecured || !roles.some(({ isHeld }) => isHeld)) throw new Error(`The gate of ${table.name} holds nobody any more: its policies or row security are gone. A database administrator has to install it again (user ${source.levers?.user ?? ''} may not).`);
  if (context.signal.aborted) return;
  const isClosed = row?.closed === true && row.hold === hold.id;
  if (isClosed) return;
  const outcome = await session.changeGate(table.question, table.share, { closed: true, keys: [], hold: hold.id, operation: context.operationId, fence: 0n, closedBy: null, onlyIfClosed: false });
  if (outcome === 'not-ours') throw new Error(`The gate of ${table.name} is closed by somebody else now; it holds, but this hold cannot open it.`);
}

/** Taking back goes to its end, whatever was asked to stop, and begins its own count. */
function forUndo(run: LeverRun): Parameters<typeof releaseMarked>[3] {
  return { stopRequested: () => false, isHeld: () => run.isHeld(), signal: run.signal, progress: (state) => run.progress(state), remember: () => Promise.resolve(), recorded: null };
}

function unreachable(sentence: string): HoldObservation {
  return { state: 'unreachable', sentence, figures: {}, outsideActs: [] };
}
