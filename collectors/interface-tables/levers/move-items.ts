/** Moves journaled rows from one state to another, batch by batch, each in one transaction that is noted before its commit. */
import type { MappedRecord } from '@/server/domain/taps/facts';
import type { LeverRun } from '../../runtime/operations/levers';
import type { OpenState } from '../dialect';
import type { LeverRow, LeverSession, RowMove } from '../lever-dialect';
import { rowsOf, type LeverTable } from './lever-table';
import { settleSending, type BatchRecord } from './settle-sending';
import { stillOurs, waitFor } from './sessions';

/** As many as may be undecided at once. */
const BATCH = 200;
/** How often rows are tried that another session has locked. */
const LOCK_TRIES = 5;

/** What a rate comes to: a second carries one batch. */
export function mostPerSecond(perSecond: number | null): number {
  return perSecond === null ? Number.POSITIVE_INFINITY : Math.min(BATCH, perSecond);
}

export interface ItemMove {
  /** Only these of the journal's items; absent: all. */
  only?: (itemKey: string) => boolean;
  from: OpenState;
  move: Pick<RowMove, 'to' | 'set' | 'attempts' | 'touched' | 'fromUnder'>;
  perSecond: number | null;
  /** What to say of a row that is not as it was. */
  changed: { note: string; instead: string };
  /** Asked of each row immediately before it is moved; null: nothing to ask. */
  mayAct: ((item: { itemKey: string; mapped: MappedRecord }, row: LeverRow) => ReturnType<LeverRun['mayAct']>) | null;
  reasonOf: (row: LeverRow) => string | null;
  /** Kept with each note, for a later operation. */
  keep: (itemKeys: readonly string[], record: BatchRecord) => Promise<void>;
}

/** @returns how many rows this life of the operation moved, and whether all items are settled */
export async function moveItems(table: LeverTable, session: LeverSession, item: ItemMove, run: LeverRun): Promise<{ moved: number; complete: boolean }> {
  const openItems = async () => (await run.journal.open()).filter(({ itemKey }) => item.only?.(itemKey) ?? true);
  await settleSending(table, session, item.from, await openItems(), run);
  const tries = new Map<string, number>();
  let moved = 0;
  for (;;) {
    const until = performance.now() + 1_000;
    const waiting = (await openItems()).filter(({ state }) => state === 'pending').map(({ itemKey }) => itemKey);
    if (waiting.length === 0) return { moved, complete: true };
    if (run.stopRequested() || run.signal.aborted) return { moved, complete: false };
    const batch = waiting.slice(0, Math.min(BATCH, mostPerSecond(item.perSecond)));
    const { count, locked } = await moveBatch(table, session, batch, item, run, tries);
    moved += count;
    run.progress({ sentence: `${waiting.length - batch.length} rows left.`, moved });
    await waitFor(item.perSecond !== null || locked ? until - performance.now() : 0, run.signal);
  }
}

async function moveBatch(table: LeverTable, session: LeverSession, itemKeys: readonly string[], item: ItemMove, run: LeverRun, tries: Map<string, number>): Promise<{ count: number; locked: boolean }> {
  const { journal } = run;
  const rows = await session.inSnapshot(table.question, (snapshot) => rowsOf(snapshot, table, item.from, itemKeys));
  await journal.skip(itemKeys.filter((key) => !rows.has(key)).map((itemKey) => ({ itemKey, ...item.changed })));
  const allowed: string[] = [];
  for (const itemKey of itemKeys) {
    const row = rows.get(itemKey);
    if (row === undefined) continue;
    if (run.stopRequested()) break;
    const answer = item.mayAct === null ? { ok: true as const } : await item.mayAct({ itemKey, mapped: table.mapped(row, item.reasonOf(row)) }, row);
    if (answer.ok) allowed.push(itemKey);
    else await journal.skip([{ itemKey, note: answer.reason, instead: answer.instead }]);
  }
  if (allowed.length === 0) return { count: 0, locked: false };
  stillOurs(run);
  const claimed = [...await journal.claim(allowed)];
  const asked = claimed.map((itemKey) => ({ itemKey, row: rows.get(itemKey)! }));
  const versions = Object.fromEntries(asked.map(({ itemKey, row }) => [itemKey, row.version]));
  const moves = asked.map(({ row }) => ({ key: row.key, version: row.version }));
  const movedKeys = await session.moveRows(table.question, { from: item.from, rows: moves, limit: moves.length, ...item.move }, async ({ keys, transaction }) => {
    const moving = keys.map((key) => table.itemKeyOf(key));
    await item.keep(moving, { transaction, versions: Object.fromEntries(moving.map((itemKey) => [itemKey, versions[itemKey] ?? ''])) });
    return run.isHeld();
  });
  stillOurs(run);
  const moved = new Set(movedKeys.map((key) => table.itemKeyOf(key)));
  await journal.sent([...moved]);
  const left = claimed.filter((key) => !moved.has(key));
  const locked = left.length > 0 && await leaveOut(table, session, left, versions, item, run, tries);
  return { count: moved.size, locked };
}

/** Rows that did not move: changed since they were read, or locked by somebody, who may be about to change them. @returns whether some are tried again */
async function leaveOut(table: LeverTable, session: LeverSession, itemKeys: readonly string[], versions: Readonly<Record<string, string>>, item: ItemMove, run: LeverRun, tries: Map<string, number>): Promise<boolean> {
  const now = await session.inSnapshot(table.question, (snapshot) => rowsOf(snapshot, table, item.from, itemKeys));
  const again: string[] = [];
  for (const itemKey of itemKeys) {
    const isLocked = now.get(itemKey)?.version === versions[itemKey];
    const tried = (tries.get(itemKey) ?? 0) + 1;
    tries.set(itemKey, tried);
    if (isLocked && tried < LOCK_TRIES) again.push(itemKey);
    else await run.journal.skip([isLocked ? { itemKey, note: 'Another session keeps the row locked.', instead: 'Look what holds the lock, and try again.' } : { itemKey, ...item.changed }]);
  }
  await run.journal.notSent(again);
  return again.length > 0;
}
