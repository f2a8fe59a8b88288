/** Restore: rows that the alternate has not taken get their former destination again. */
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { HoldInPlace, LeverResult, LeverRun } from '../../runtime/operations/levers';
import type { LeverRow, LeverSession } from '../lever-dialect';
import { rowsOf, type LeverTable } from './lever-table';
import { moveItems } from './move-items';
import { blankPlan, countWords, rightLocks, takerOf } from './plan-parts';
import { isHeldUnder } from './reroute-over-gate';
import { elsewhere, itemOf, rerouteAction, rerouteRecord } from './reroute-rows';
import type { GateWork } from './row-gate';
import { stillOurs } from './sessions';

export async function planRestore<K extends ConnectableKind>({ dialect, source, target, table, session }: GateWork<K>, hold: HoldInPlace): Promise<ConnectorPlan> {
  const parsed = rerouteAction.safeParse(hold.action);
  if (!parsed.success) return { ...blankPlan(null, null), locks: [{ code: 'not-a-reroute', sentence: 'This hold changed no destination.' }] };
  const { column, value, over } = parsed.data;
  const isHeld = await isHeldUnder(session, table, over);
  const { from = {} } = rerouteRecord.safeParse(hold.record).data ?? {};
  const there = elsewhere(table, column, value);
  const { size: back } = await notTaken(session, there, from);
  const total = Object.keys(from).length;
  const user = source.levers?.user ?? '';
  return {
    ...blankPlan({ column, ...(over === null ? {} : { held: isHeld }) }, { lever: 'destination', column, value, only: null, enrolled: null }),
    steps: [`Give ${countWords(back)} of ${table.name} that nobody has taken yet the former ${column} again${isHeld ? ': the gate is closed, so they are held there again' : ''}.`],
    locks: await rightLocks(session, dialect, table, user, [column]),
    receivers: [isHeld ? `Nobody while the gate is closed; then ${takerOf(target, table)}` : takerOf(target, table)],
    guarantee: { delivery: 'exactly-once', order: 'Rows keep their keys and instants of creation.', survivesRestart: 'Yes: whether a batch was committed is asked of the database itself.', inFlight: 'Rows that the alternate has taken are not touched.' },
    willNot: [`It does not bring back the ${countWords(total - back)} that the alternate has taken: the journal lists them, to be left, voided or sent again.`],
    waiting: back.toString(),
    nativeCommands: [{ what: 'Connect', command: dialect.native.prompt(source.settings, user) }, { what: 'Count what waits by destination', command: dialect.native.countByColumn(there.question, column) }],
    undo: 'Reroute again.',
    estimatedSeconds: Math.ceil(back / 1_000) + 1,
  };
}

export async function executeRestore(table: LeverTable, session: LeverSession, hold: HoldInPlace, run: LeverRun): Promise<LeverResult> {
  const { column, value } = rerouteAction.parse(hold.action);
  const { from = {} } = rerouteRecord.safeParse(hold.record).data ?? {};
  const there = elsewhere(table, column, value);
  if (!rerouteRecord.safeParse(run.recorded).success) {
    const found = await notTaken(session, there, from);
    const empty: LeverRow = { key: '', version: '', columns: {} };
    await run.journal.add(Object.keys(from).map((itemKey) => ({ ...itemOf(table, found.get(itemKey) ?? empty), itemKey })));
    await run.remember({ chosen: true, from });
  }
  let moved = 0;
  let complete = true;
  // Rows may have had different destinations; those of one go back together.
  for (const former of new Set(Object.values(from))) {
    const part = await moveItems(there, session, {
      only: (itemKey) => from[itemKey] === former, from: 'pending', move: { set: { column, value: former } }, perSecond: null, mayAct: null, reasonOf: () => null,
      changed: { note: 'The alternate has taken it, or the row has changed.', instead: 'Decide for each: leave it with the alternate, void it there, or send it again.' },
      keep: (_, batch) => run.remember({ chosen: true, from, ...batch }),
    }, run);
    moved += part.moved;
    complete &&= part.complete;
  }
  return { sentence: `${countWords(moved)} of ${table.name} ${moved === 1 ? 'has' : 'have'} the former ${column} again; what the alternate has taken stands in the journal.`, moved, possibleDuplicates: 0, complete };
}

/** Gives rows that an interrupted reroute has moved, and that nobody has taken, their former destination again. */
export async function undoReroute(table: LeverTable, session: LeverSession, planned: unknown, run: LeverRun): Promise<void> {
  const { column, value } = rerouteAction.parse(planned);
  const { from = {} } = rerouteRecord.safeParse(run.recorded).data ?? {};
  const there = elsewhere(table, column, value);
  const rows = [...await notTaken(session, there, from)];
  for (const former of new Set(Object.values(from))) {
    const ours = rows.filter(([itemKey]) => from[itemKey] === former).map(([, row]) => row);
    stillOurs(run);
    await session.moveRows(there.question, { from: 'pending', rows: ours, limit: Math.max(1, ours.length), set: { column, value: former } }, () => Promise.resolve(run.isHeld()));
  }
}

/** Of the rows that were moved, by item key, those that still wait at the alternate. */
function notTaken(session: LeverSession, there: LeverTable, from: Readonly<Record<string, string>>): Promise<Map<string, LeverRow>> {
  return session.inSnapshot(there.question, (snapshot) => rowsOf(snapshot, there, 'pending', Object.keys(from)));
}
