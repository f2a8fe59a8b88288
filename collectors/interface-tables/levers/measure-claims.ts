/** How many rows were taken within a while: two looks at the same rows, each one snapshot, compared by key and version. */
import type { OpenState, TableQuestion } from '../dialect';
import type { ChangedRow, LeverSession, LeverSnapshot } from '../lever-dialect';
import { rowsBy } from './plan-parts';
import { waitFor, type Sessions } from './sessions';

/** No claim for so long counts as held. */
const WATCH_MS = 2_000;
/** More changed rows than this are not compared one by one. */
const MOST_CHANGED = 50_000;
/** How far back a finished row may say that it changed: clocks of the application, and transactions that last. */
const FINISHED_BACK_MS = 60_000;

export interface Claims {
  waiting: bigint;
  inProgress: bigint;
  held: bigint;
  /** Taken although nothing let them pass, by a change that began after the hold. */
  leaked: number;
  /** Taken, and allowed to. */
  passed: number;
  /** Taken by a change that had begun before the hold. */
  early: number;
  /** Left otherwise: deleted, moved, or given a status that the contract does not name. */
  vanished: bigint;
  /** Held rows that somebody else gave another state. */
  freed: number;
  /** Transactions from before the hold that have written to the table and still run: they may have taken rows. */
  earlyWriters: number;
  /** False: too much changed to compare. */
  isComplete: boolean;
}

/**
 * The first look stays open until the second is done, so that rows can be asked for as they were. A row that is taken,
 * finished and deleted within the while, and was not there before it, leaves no trace.
 *
 * @param second takes the later look, and is free until then
 * @param mark the number of the change that made the hold; null: everything in between counts
 * @param allowed keys of rows that could pass from this instant of the database's clock on; asked in the second look
 * @param ledFrom the share from whose closed gate rows may be led elsewhere: those that we count there have not vanished
 * @param meanwhile done again and again while time passes
 */
export async function measureClaims(
  sessions: Sessions, second: LeverSession, question: TableQuestion,
  { mark, allowed, signal, ledFrom, meanwhile }: { mark: bigint | null; allowed: ((sinceMs: number) => Promise<ReadonlySet<string>>) | null; signal: AbortSignal; ledFrom?: string; meanwhile?: (until: number) => Promise<void> },
): Promise<Claims> {
  const first = await sessions.open();
  return first.inSnapshot(question, async (before) => {
    const waitingBefore = rowsBy(await before.countOpen())('pending');
    const horizon = await before.horizon();
    const ledBefore = ledFrom === undefined ? 0n : await before.ledFromUnder(ledFrom);
    const mayFind = question.done !== null && question.updatedAt !== null && question.createdAt !== null && !(await before.wouldScan('finished'));
    const until = performance.now() + WATCH_MS;
    await meanwhile?.(until);
    await waitFor(until - performance.now(), signal);
    return second.inSnapshot(question, async (after) => {
      const counts = rowsBy(await after.countOpen());
      const led = ledFrom === undefined ? 0n : await after.ledFromUnder(ledFrom) - ledBefore;
      const marked = mark ?? horizon.oldestOpen - 1n;
      const changed = await after.changedRows(horizon.oldestOpen, marked, mayFind ? horizon.clockMs - FINISHED_BACK_MS : null, MOST_CHANGED + 1);
      const earlyWriters = mark === null ? 0 : await after.writersBefore(mark);
      const totals = { waiting: counts('pending'), inProgress: counts('inProgress'), held: counts('held'), earlyWriters };
      if (changed.length > MOST_CHANGED) return { ...totals, leaked: 0, passed: 0, early: 0, vanished: 0n, freed: 0, isComplete: false };
      const passing = await allowed?.(horizon.clockMs) ?? new Set<string>();
      const gone = await goneOf(passing, changed, before, after);
      return { ...totals, ...compare(changed, await statesBefore(before, changed), { before: waitingBefore, after: totals.waiting, led: led > 0n ? led : 0n, gone }, passing), isComplete: true };
    });
  });
}

async function statesBefore(before: LeverSnapshot, changed: readonly ChangedRow[]): Promise<Map<string, OpenState | 'finished'>> {
  return changed.length === 0 ? new Map<string, OpenState | 'finished'>() : before.statesOf(changed.map(({ key }) => key));
}

/** How many rows that could pass waited before, and have left without being found among the changed ones: finished, or deleted. */
async function goneOf(passing: ReadonlySet<string>, changed: readonly ChangedRow[], before: LeverSnapshot, after: LeverSnapshot): Promise<number> {
  const found = new Set(changed.map(({ key }) => key));
  const waited = [...await before.statesOf([...passing].filter((key) => !found.has(key)))].filter(([, state]) => state === 'pending').map(([key]) => key);
  const states = await after.statesOf(waited);
  return waited.filter((key) => states.get(key) !== 'pending').length;
}

function compare(changed: readonly ChangedRow[], states: ReadonlyMap<string, OpenState | 'finished'>, waiting: { before: bigint; after: bigint; led: bigint; gone: number }, allowed: ReadonlySet<string>): Pick<Claims, 'leaked' | 'passed' | 'early' | 'vanished' | 'freed'> {
  const found = { leaked: 0, passed: waiting.gone, early: 0, freed: 0 };
  let explained = waiting.led + BigInt(waiting.gone);
  let cameToWait = 0n;
  for (const { key, state, isAfterMark } of changed) {
    const was = states.get(key);
    if (state === 'pending' && was !== 'pending') cameToWait += 1n;
    if (was === 'pending' && state !== 'pending') explained += 1n;
    if (was === 'held' && state !== 'held') found.freed += 1;
    if (!isClaim(was, state)) continue;
    if (allowed.has(key)) found.passed += 1;
    else if (isAfterMark) found.leaked += 1;
    else found.early += 1;
  }
  const left = waiting.before + cameToWait - waiting.after;
  return { ...found, vanished: left > explained ? left - explained : 0n };
}

/** From waiting, or from nowhere, to anything that only a consumer does; and a failed row that is tried again. */
function isClaim(was: OpenState | 'finished' | undefined, is: OpenState | null): boolean {
  if (is === 'pending' || is === 'held') return false;
  if (was === 'pending' || was === undefined) return true;
  return was === 'error' && (is === 'inProgress' || is === null);
}
