/** Ends a pause: opens the gate or gives held rows back, at once or at a rate, oldest first. */
import { z } from 'zod';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, LeverResult, LeverRun } from '../../runtime/operations/levers';
import type { GateFacts, LeverSession } from '../lever-dialect';
import { nameKeys } from './gate-canary';
import { gateTopology, openGate, type GateWork } from './row-gate';
import type { LeverTable } from './lever-table';
import { blankPlan, countRows, countWords, rowsBy, takerOf } from './plan-parts';
import { stillOurs, waitFor } from './sessions';

/** More rows that may pass and are not taken yet would only make the application's statements slower. */
const MOST_OUTSTANDING = 2_000;
const BATCH = 500;
/** How often what still waits is counted. */
const COUNT_MS = 3_000;
const recorded = z.object({ moved: z.number().int() });

export async function planRelease<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, hold: HoldInPlace, perSecond: number | null): Promise<ConnectorPlan> {
  const { question, name, share } = table;
  const isGate = hold.method === 'row-gate';
  const gate = isGate ? await session.gate(question, share) : null;
  const count = await countRows(session, question);
  const waiting = isGate ? count('pending') : count('held');
  const locks = gate?.row?.closed === true && gate.row.hold !== hold.id ? [{ code: 'gate-not-ours', sentence: `The gate of ${name} is closed by somebody else now${gate.row.hold === null ? ', by hand' : ''}: this hold cannot open it. Open it by hand with the native command of the pause, or release the other hold.` }] : [];
  const seconds = perSecond === null ? 2 : Number(waiting / BigInt(perSecond)) + 1;
  return {
    ...blankPlan(gate === null ? {} : gateTopology(gate), { lever: hold.method, share }),
    steps: isGate
      ? (perSecond === null ? [`Open the gate of ${name}.`] : [`Let the ${perSecond} oldest rows that wait pass the gate each second, until no row waits.`, `Then open the gate of ${name}.`])
      : [`Set held rows of ${name} to pending, oldest first${perSecond === null ? '' : `, ${perSecond} each second`}.`],
    locks,
    receivers: [takerOf(target, table)],
    guarantee: { delivery: 'exactly-once', order: 'Oldest first; within what may pass the application takes rows in its own order.', survivesRestart: 'Yes: what has not passed stays held.', inFlight: 'Rows in process are not touched.' },
    willNot: ['It puts no row back that failed meanwhile: that is a replay.'],
    warnings: [...ledElsewhere(gate), ...isGate ? (perSecond === null ? ['The application may take all that waits at once.'] : ['New rows wait in line: while more come each second than may pass, the gate stays limited. Stop, and release without a rate, when that is not wanted.'])
      : ['Rows that somebody else marked as held since the pause began are set to pending too: they cannot be told apart.']],
    waiting: waiting.toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, source.levers?.user ?? '') },
      { what: 'Count the rows by status', command: dialect.native.countByStatus(question) },
      isGate ? { what: 'Open the gate', command: dialect.native.openGate(question, gate?.knowsShares ? share : '') } : { what: 'Set held rows to pending', command: dialect.native.moveAll(question, 'held', 'pending') },
    ],
    undo: 'Pause again; what the application has taken by then stays taken.',
    estimatedSeconds: seconds,
  };
}

/** A reroute that lies over the hold loses what holds its new rows. */
function ledElsewhere(gate: GateFacts | null): string[] {
  const led = gate?.row?.ledElsewhere ?? 0n;
  return led === 0n ? [] : [`${countWords(led, 'row was', 'rows were')} rerouted from behind this gate. While that reroute is in place, new rows of its kind go to their former destination after the release, and it is shown as leaking.`];
}

export async function releaseGate(table: LeverTable, session: LeverSession, hold: HoldInPlace, perSecond: number | null, run: LeverRun): Promise<LeverResult> {
  const passed = perSecond === null ? null : await passAtRate(table, session, hold, perSecond, run);
  if (passed?.complete === false) return { sentence: `Stopped after ${countWords(passed.moved)}; the gate of ${table.name} holds all others.`, moved: passed.moved, possibleDuplicates: 0, complete: false };
  if (!await openGate(table, session, hold.id, run)) throw new Error(`The gate of ${table.name} is closed by somebody else now, so it was left closed.`);
  return { sentence: `The gate of ${table.name} is open.`, moved: passed?.moved ?? null, possibleDuplicates: 0, complete: true };
}

/** Lets the oldest rows pass until none waits. Ends early where somebody else has opened or taken over the gate. */
async function passAtRate(table: LeverTable, session: LeverSession, hold: HoldInPlace, perSecond: number, run: LeverRun): Promise<{ moved: number; complete: boolean }> {
  const { question, share } = table;
  const isOurs = async () => {
    const { row } = await session.gate(question, share);
    return row?.closed === true && row.hold === hold.id ? row : null;
  };
  let moved = recorded.safeParse(run.recorded).data?.moved ?? 0;
  let passing = new Set((await isOurs())?.keys);
  let countedAt = Number.NEGATIVE_INFINITY;
  while (await isOurs() !== null) {
    const until = performance.now() + 1_000;
    // As much as may pass and still waits, and the next ones behind it.
    const oldest = await session.inSnapshot(question, (snapshot) => snapshot.rowsIn('pending', null, [], passing.size + perSecond));
    const waiting = oldest.filter(({ key }) => passing.has(key)).map(({ key }) => key);
    moved += passing.size - waiting.length;
    await run.remember({ moved });
    const isDue = performance.now() - countedAt >= COUNT_MS;
    if (isDue) countedAt = performance.now();
    run.progress({ sentence: `${countWords(moved)} passed at ${perSecond} each second.`, moved, ...(isDue ? { left: Number((await countRows(session, question))('pending')) } : {}) });
    if (oldest.length === 0) break;
    if (run.stopRequested()) {
      await nameKeys(table, session, hold, [], run);
      return { moved, complete: false };
    }
    const next = oldest.filter(({ key }) => !passing.has(key)).slice(0, Math.max(0, Math.min(perSecond, MOST_OUTSTANDING - waiting.length))).map(({ key }) => key);
    passing = new Set([...waiting, ...next]);
    await nameKeys(table, session, hold, [...passing], run);
    await waitFor(until - performance.now(), run.signal);
    if (run.signal.aborted) stillOurs(run);
  }
  return { moved, complete: true };
}

export async function releaseMarked({ question, name }: LeverTable, session: LeverSession, perSecond: number | null, run: Pick<LeverRun, 'recorded' | 'remember' | 'progress' | 'signal' | 'isHeld' | 'stopRequested'>): Promise<LeverResult> {
  let moved = recorded.safeParse(run.recorded).data?.moved ?? 0;
  for (;;) {
    const until = performance.now() + 1_000;
    if (run.stopRequested()) return { sentence: `Stopped after ${countWords(moved)}; the others of ${name} are still held.`, moved, possibleDuplicates: 0, complete: false };
    stillOurs(run);
    const keys = await session.moveRows(question, { from: 'held', to: 'pending', rows: null, limit: perSecond ?? BATCH }, () => Promise.resolve(run.isHeld()));
    moved += keys.length;
    await run.remember({ moved });
    run.progress({ sentence: `${countWords(moved)} of ${name} wait again.`, moved });
    if (keys.length === 0) {
      const left = await session.inSnapshot(question, async (snapshot) => rowsBy(await snapshot.countOpen())('held'));
      if (left === 0n) return { sentence: `${countWords(moved)} of ${name} wait again.`, moved, possibleDuplicates: 0, complete: true };
    }
    // Rows that another session has locked are left out: they come with the next batch.
    await waitFor(perSecond === null && keys.length > 0 ? 0 : until - performance.now(), run.signal);
    if (run.signal.aborted) return { sentence: `Called off after ${countWords(moved)}.`, moved, possibleDuplicates: 0, complete: false };
  }
}
