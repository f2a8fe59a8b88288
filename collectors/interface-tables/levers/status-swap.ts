/** Pause of last resort: rows that wait are given the status "held", again and again. A new row may be taken before. */
import { z } from 'zod';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, HoldObservation, LeverContext, LeverResult, LeverRun } from '../../runtime/operations/levers';
import type { LeverSession } from '../lever-dialect';
import type { LeverTable } from './lever-table';
import { measureClaims } from './measure-claims';
import { blankPlan, countRows, countWords, rightLocks, takerOf } from './plan-parts';
import type { GateWork } from './row-gate';
import { stillOurs, waitFor, type Sessions } from './sessions';

const BATCH = 500;
const MARK_EVERY_MS = 250;

/** The number of the first change that marked rows, as decimal text. */
const recorded = z.object({ mark: z.string().regex(/^\d+$/) });

export async function planSwapPause<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>): Promise<ConnectorPlan> {
  const { question, name, channel } = table;
  const user = source.levers?.user ?? '';
  const locks = question.statuses.held === undefined
    ? [{ code: 'no-held-status', sentence: `The contract names no status for held rows of ${name}. Add channel.status.held with a value that the consuming application ignores, or let a database administrator install the row gate.` }]
    : await rightLocks(session, dialect, table, user, [question.statusColumn]);
  const count = await countRows(session, question);
  if (count('held') > 0n) locks.push({ code: 'held-rows-exist', sentence: `${countWords(count('held'))} of ${name} already ${count('held') === 1n ? 'has' : 'have'} the status for held rows. After the pause nobody could tell them from ours: settle them first.` });
  return {
    ...blankPlan({ held: count('held').toString() }, { lever: 'status-swap', share: table.share }),
    steps: [`Give rows of ${name} that wait the status ${channel.status?.held ?? ''}, ${BATCH} in one transaction.`, 'Do so again and again as long as the hold lasts.'],
    locks,
    guarantee: {
      delivery: 'exactly-once', order: 'Rows keep their keys and instants of creation; release gives the oldest back first.',
      survivesRestart: 'Marked rows stay held while Signalbox is down. New rows are not marked then, and are taken.',
      inFlight: 'Rows in process are finished by the application. Rows that it has locked are left to it.',
    },
    willNot: ['It does not keep a new row from being taken before it is marked.'],
    warnings: ['This hold leaks: a new row may be taken at once, and all new rows while Signalbox is down or the database does not answer. Prefer the row gate.'],
    waiting: count('pending').toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    canary: { possible: false, sentence: 'A canary cannot pass this hold: a row that is set to pending is marked as held again before anybody takes it. Use the row gate where a canary is needed.' },
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, user) },
      { what: 'Count the rows by status', command: dialect.native.countByStatus(question) },
      ...(question.statuses.held === undefined ? [] : [{ what: 'Set held rows to pending', command: dialect.native.moveAll(question, 'held', 'pending') }]),
    ],
    undo: 'Release sets all held rows to pending again; no row had that status when the pause began.',
    estimatedSeconds: Number(count('pending') / 5_000n) + 1,
    receivers: [`Nobody for marked rows; then ${takerOf(target, table)}`],
  };
}

export async function markAll({ question, name }: LeverTable, session: LeverSession, run: LeverRun): Promise<LeverResult> {
  let marked = 0;
  for (;;) {
    stillOurs(run);
    if (run.stopRequested()) return { sentence: `Stopped after ${countWords(marked)} of ${name} ${marked === 1 ? 'was' : 'were'} marked.`, moved: marked, possibleDuplicates: 0, complete: false };
    const keys = await session.moveRows(question, { from: 'pending', to: 'held', rows: null, limit: BATCH }, async ({ transaction }) => {
      if (!recorded.safeParse(run.recorded).success) await run.remember({ mark: transaction });
      return run.isHeld();
    });
    marked += keys.length;
    run.progress({ sentence: `${countWords(marked)} marked as held.`, moved: marked });
    if (keys.length === 0) return { sentence: `${countWords(marked)} of ${name} marked as held.`, moved: marked, possibleDuplicates: 0, complete: true };
  }
}

/** Marks what waits. Rows that the application has locked are left to it. */
export async function markOnce({ question }: LeverTable, session: LeverSession, isHeld: () => boolean): Promise<number> {
  let marked = 0;
  for (;;) {
    const keys = await session.moveRows(question, { from: 'pending', to: 'held', rows: null, limit: BATCH }, () => Promise.resolve(isHeld()));
    marked += keys.length;
    if (keys.length < BATCH) return marked;
  }
}

export async function observeSwap(table: LeverTable, session: LeverSession, sessions: Sessions, hold: HoldInPlace, context: LeverContext): Promise<HoldObservation> {
  const { name, question } = table;
  const mark = recorded.safeParse(hold.record).data?.mark;
  let marked = 0;
  const claims = await measureClaims(sessions, session, question, {
    mark: mark === undefined ? null : BigInt(mark) - 1n, allowed: null, signal: context.signal,
    async meanwhile(until) {
      while (performance.now() < until && !context.signal.aborted) {
        marked += await markOnce(table, session, () => !context.signal.aborted);
        await waitFor(Math.min(MARK_EVERY_MS, until - performance.now()), context.signal);
      }
    },
  });
  const taken = BigInt(claims.leaked) + claims.vanished;
  const figures = { held: claims.held.toString(), waiting: claims.waiting.toString(), 'in progress': claims.inProgress.toString(), 'marked in 2 s': marked.toString(), 'taken in 2 s': taken.toString() };
  const outsideActs = claims.freed > 0 ? [`Somebody gave ${countWords(claims.freed)} of ${name} that ${claims.freed === 1 ? 'was' : 'were'} held another status.`] : [];
  if (taken > 0n) return { state: 'leaking', sentence: `${countWords(taken)} of ${name} ${taken === 1n ? 'was' : 'were'} taken before ${taken === 1n ? 'it' : 'they'} could be marked as held.`, figures, outsideActs };
  if (!claims.isComplete) return { state: 'leaking', sentence: 'Too many rows changed in 2 s to tell whether some were taken.', figures, outsideActs };
  if (claims.early > 0 || claims.inProgress > 0n) return { state: 'draining', sentence: 'Rows from before the hold are still being worked off. A new row may slip through before it is marked.', figures, outsideActs };
  return { state: 'held', sentence: 'No row was taken for 2 s. A new row may still slip through before it is marked.', figures, outsideActs };
}
