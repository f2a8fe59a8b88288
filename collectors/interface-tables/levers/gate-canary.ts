/** Lets a few named rows pass a closed gate, waits until they are taken, and closes it for them again. */
import { z } from 'zod';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { CanarySelection } from '@/server/domain/operations/request';
import type { HoldInPlace, LeverResult, LeverRun } from '../../runtime/operations/levers';
import type { LeverRow, LeverSession } from '../lever-dialect';
import { chooseRows, MOST_LOOKED_THROUGH, selectionWords } from './choose-rows';
import { gateTopology, SETTLE_MS, type GateWork } from './row-gate';
import { rowsOf, type LeverTable } from './lever-table';
import { blankPlan, countRows, countWords, takerOf } from './plan-parts';
import { stillOurs, waitFor } from './sessions';

/** An application that takes nothing for so long is not running. */
const TAKEN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** Named keys are compared with each row that waits. */
const MOST_AT_ONCE = 200;

const recorded = z.object({ chosen: z.literal(true) });

export async function planGateCanary<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, hold: HoldInPlace, which: CanarySelection): Promise<ConnectorPlan> {
  const { question, name, share } = table;
  const gate = await session.gate(question, share);
  const [rows, count] = [await chooseRows(session, table, 'pending', which), await countRows(session, question)];
  const locks = gate.row?.closed === true && gate.row.hold === hold.id ? [] : [{ code: 'gate-not-ours', sentence: `The gate of ${name} is not closed by this hold any more. Look at the hold, and pause again if it is needed.` }];
  if (rows.length === 0) locks.push({ code: 'nothing-waits', sentence: which.by === 'count' ? `No row waits in ${name}.` : `Among the ${MOST_LOOKED_THROUGH} oldest rows that wait in ${name} there is none of ${which.by === 'payer' ? `payer ${which.payer}` : `facility ${which.facility}`}.` });
  return {
    ...blankPlan(gateTopology(gate), { lever: 'row-gate', share }),
    steps: [`Let ${selectionWords(which)} pass the gate of ${name}, at most ${MOST_AT_ONCE} at once.`, 'Wait until they are taken, at most 60 s.', 'Close the gate for them again; what was not taken is listed.'],
    locks,
    receivers: [takerOf(target, table)],
    guarantee: { delivery: 'exactly-once', order: 'These rows are taken before older ones that stay held.', survivesRestart: 'Yes: the gate holds all others meanwhile.', inFlight: 'Each row is taken by the application as usual.' },
    willNot: ['It lets no other row through, also none that comes meanwhile.'],
    waiting: rows.length.toString(),
    unsettled: question.statuses.inProgress === undefined ? null : count('inProgress').toString(),
    nativeCommands: [
      { what: 'Connect', command: dialect.native.prompt(source.settings, source.levers?.user ?? '') },
      { what: 'See which rows may pass', command: dialect.native.showGate(question) },
      { what: 'Open the gate for all', command: dialect.native.openGate(question, gate.knowsShares ? share : '') },
    ],
    undo: 'What the application has taken cannot be taken back.',
    estimatedSeconds: 5,
  };
}

export async function executeGateCanary(table: LeverTable, session: LeverSession, hold: HoldInPlace, which: CanarySelection, run: LeverRun, perSecond: number | null = null): Promise<LeverResult> {
  await chooseOnce(table, session, which, run);
  let passed = 0;
  let left = 0;
  const atOnce = Math.min(MOST_AT_ONCE, perSecond ?? MOST_AT_ONCE);
  for (let open = await run.journal.open(); open.some(({ state }) => state === 'pending' || state === 'sending'); open = await run.journal.open()) {
    if (run.stopRequested() && !open.some(({ state }) => state === 'sending')) return { sentence: `Stopped after ${countWords(passed)}; the gate holds all others.`, moved: passed, possibleDuplicates: 0, complete: false };
    const nextAt = performance.now() + (perSecond === null ? 0 : 1_000);
    const sending = open.filter(({ state }) => state === 'sending').map(({ itemKey }) => itemKey);
    const batch = open.filter(({ state }) => state === 'pending').slice(0, Math.max(0, atOnce - sending.length)).map(({ itemKey }) => itemKey);
    const claimed = batch.length === 0 || run.stopRequested() ? new Set<string>() : await run.journal.claim(batch);
    const { taken, waiting } = await letPass(table, session, hold, [...sending, ...claimed], run);
    await run.journal.sent(taken);
    await run.journal.skip(waiting.map((itemKey) => ({ itemKey, note: 'The application did not take it in time; it is held again.', instead: 'Look whether the consuming application runs.' })));
    passed += taken.length;
    left += waiting.length;
    if (claimed.size < batch.length) break;
    await waitFor(nextAt - performance.now(), run.signal);
  }
  await nameKeys(table, session, hold, [], run);
  return left === 0
    ? { sentence: `${countWords(passed)} passed the gate.`, moved: passed, possibleDuplicates: 0, complete: true }
    : { sentence: `${countWords(passed)} passed the gate; ${left} ${left === 1 ? 'was' : 'were'} not taken in time and ${left === 1 ? 'is' : 'are'} held again. Does the consuming application run?`, moved: passed, possibleDuplicates: 0, complete: false };
}

/** Chosen once and for all: a second life of the operation goes on with the same rows. */
async function chooseOnce(table: LeverTable, session: LeverSession, which: CanarySelection, run: LeverRun): Promise<void> {
  if (recorded.safeParse(run.recorded).success) return;
  if ((await run.journal.open()).length === 0) {
    const rows = await chooseRows(session, table, 'pending', which);
    await run.journal.add(rows.map((row) => itemOf(table, row)));
  }
  await run.remember({ chosen: true });
}

function itemOf(table: LeverTable, row: LeverRow): { itemKey: string; messageId: string; mapped: ReturnType<LeverTable['mapped']> } {
  const mapped = table.mapped(row, null);
  return { itemKey: table.itemKeyOf(row.key), messageId: mapped.messageId, mapped };
}

async function letPass(table: LeverTable, session: LeverSession, hold: HoldInPlace, itemKeys: readonly string[], run: LeverRun): Promise<{ taken: string[]; waiting: string[] }> {
  const waitingNow = () => session.inSnapshot(table.question, (snapshot) => rowsOf(snapshot, table, 'pending', itemKeys));
  let waiting = await waitingNow();
  if (waiting.size > 0) await nameKeys(table, session, hold, [...waiting.values()].map(({ key }) => key), run);
  const until = performance.now() + TAKEN_WITHIN_MS;
  while (waiting.size > 0 && performance.now() < until && !run.signal.aborted && !run.stopRequested()) {
    await waitFor(LOOK_EVERY_MS, run.signal);
    waiting = await waitingNow();
    run.progress({ sentence: `${itemKeys.length - waiting.size} of ${itemKeys.length} rows were taken.` });
  }
  if (waiting.size > 0) {
    await nameKeys(table, session, hold, [], run);
    await waitFor(SETTLE_MS, run.signal);
    waiting = await waitingNow();
  }
  return { taken: itemKeys.filter((key) => !waiting.has(key)), waiting: [...waiting.keys()] };
}

/** Says which rows may pass. @throws Error when the gate is not closed by this hold any more */
export async function nameKeys({ question, share, name }: LeverTable, session: LeverSession, hold: HoldInPlace, keys: readonly string[], run: LeverRun): Promise<void> {
  const { row } = await session.gate(question, share);
  stillOurs(run);
  const outcome = await session.changeGate(question, share, { closed: true, keys, hold: hold.id, operation: run.operationId, fence: run.fence, closedBy: row?.closedBy ?? null, onlyIfClosed: true });
  if (outcome === 'not-ours') throw new Error(`The gate of ${name} is not closed by this hold any more: somebody opened or changed it in the meantime.`);
}
