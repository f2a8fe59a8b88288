/** Watches what becomes of the messages of one step, until that decides. Looks for evidence; that nobody looked is none. */
import { instantWords } from '@/server/domain/instant-words';
import { setTimeout as pause } from 'node:timers/promises';
import { duplicateReasons, judgeResult, JUDGED_STATES } from '@/server/domain/operations/outcome';
import { judgeStep, tallyOf, type StepTally } from '@/server/domain/operations/ramp';
import type { ItemState } from '@/server/domain/operations/item-states';
import { askNewestSourceSamples } from '@/server/queries/newest-source-samples';
import { OperationFenceLost } from '@/server/services/operations/engine/fenced';
import { itemsBehind, settleItems } from '@/server/services/operations/engine/item-journal';
import { loadHold, type ItemRow, type OperationRow } from '@/server/services/operations/operation-rows';
import { sentenceOf, type Engine } from '../engine';
import type { Ramp } from '../act';
import { leverTarget } from '../lever-target';
import { FenceLost, FIGURES_LAG_MS, type LeverRun } from '../levers';
import { askResults, type ItemResult } from '../verification/ask-results';

const LOOK_EVERY_MS = 500;
/** A look at the source is at most so old; older ones say nothing about now. */
const LOOKS_WITHIN_MS = 3_600_000;

export interface WatchedStep {
  verdict: 'go-on' | 'stop' | 'stopped-by-somebody';
  tally: StepTally;
  /** Of the first one that went wrong; empty where none did. */
  firstProblem: string;
}

/**
 * @param told `base`: position in the journal behind which the items of the step stand; `badBefore`: of former steps
 * @throws FenceLost when this life of the operation is over
 */
export async function watchStep(engine: Engine, row: OperationRow, ramp: Ramp, run: LeverRun, told: { base: number; badBefore: number; show: (sentence: string) => void }): Promise<WatchedStep> {
  const clock: QuietClock = { sinceMs: null };
  for (;;) {
    if (!run.isHeld()) throw new FenceLost();
    const seen = await look(engine, row, ramp, run, told.base, clock).catch((error: unknown) => {
      if (error instanceof OperationFenceLost || !run.isHeld()) throw new FenceLost();
      return sentenceOf(error);
    });
    if (typeof seen === 'string') {
      told.show(`Waiting: what became of them cannot be looked up (${seen}). It goes on by itself.`);
    } else {
      const verdict = judgeStep(seen.tally, { badBefore: told.badBefore, tolerate: ramp.tolerate });
      if (verdict !== 'wait') return { ...seen, verdict };
      told.show(`${seen.tally.passed} good, ${seen.tally.bad} bad, ${seen.tally.open} awaited${seen.note}`);
    }
    if (run.stopRequested()) return { verdict: 'stopped-by-somebody', tally: { passed: 0, bad: 0, open: 0 }, firstProblem: '' };
    await pause(LOOK_EVERY_MS, undefined, { signal: run.signal }).catch(() => undefined);
  }
}

/** Since when nothing is on its way any more; a new life begins to count anew. */
interface QuietClock { sinceMs: number | null }

async function look(engine: Engine, row: OperationRow, { watch }: Ramp, run: LeverRun, base: number, clock: QuietClock): Promise<{ tally: StepTally; firstProblem: string; note: string }> {
  const operation = { id: row.id, fence: run.fence };
  const sent = (await itemsBehind(engine.db, row.id, base)).filter(({ state }) => state === 'sent');
  const now = engine.now();
  const stages = watch.for === 'stage' ? watch.stages : [];
  const duplicates = duplicateReasons(leverTarget(engine.contracts(), row.flowId, row.hopId).flow);
  const results = sent.length === 0 ? [] : await askResults(engine, row, sent, stages, run.signal);
  const verdicts = results.map((result) => ({ itemKey: result.itemKey, ...judged(result) }));
  const isBusinessResult = watch.for === 'stage' && watch.isLast;
  for (const state of JUDGED_STATES.filter((one) => one !== 'confirmed' || isBusinessResult)) await settleItems(engine.db, operation, state, verdicts.filter((verdict) => verdict.state === state), now);
  const items = await itemsBehind(engine.db, row.id, base);
  const stillSent = new Set(items.filter(({ state }) => state === 'sent').map(({ itemKey }) => itemKey));
  const inStage = verdicts.filter(({ itemKey, state }) => state === 'confirmed' && stillSent.has(itemKey)).length;
  const quiet = watch.for === 'quiet' && stillSent.size > 0 ? await quietFor(engine, row, watch.seconds, sent, clock, run.signal) : { isQuiet: false, note: '.' };
  const tally = tallyOf(countsOf(items), { inStage, sentIsGood: quiet.isQuiet });
  return { tally, firstProblem: items.find(({ state, note }) => ['rejected', 'unknown', 'skipped'].includes(state) && note !== '')?.note ?? '', note: quiet.note };

  function judged({ reached, failedAgain, sentMs }: ItemResult) {
    // Without stages nothing is overdue: then it is sent until it fails again.
    return judgeResult(stages, { reached, failedAgain, duplicates, waitedMs: now.getTime() - sentMs });
  }
}

/**
 * That nothing fails proves nothing while the messages still wait, or while nobody looks. So the time counts from when the
 * hold was measured with nothing on its way, and ends with a look at the source that succeeded afterwards.
 */
async function quietFor({ db, clickhouse, now }: Engine, row: OperationRow, seconds: number, sent: readonly ItemRow[], clock: QuietClock, signal: AbortSignal): Promise<{ isQuiet: boolean; note: string }> {
  const hold = await loadHold(db, row.holdId!);
  const lastSentMs = Math.max(...sent.map(({ sentAt }) => sentAt?.getTime() ?? 0));
  const isWorkedOff = hold.state === 'held' && isSettled(hold.figures as Record<string, string>, (hold.verifiedAt?.getTime() ?? 0) - lastSentMs);
  if (!isWorkedOff) {
    clock.sinceMs = null;
    return { isQuiet: false, note: `: they are not worked off yet. ${hold.observation}` };
  }
  clock.sinceMs ??= now().getTime();
  const untilMs = clock.sinceMs + seconds * 1_000;
  if (now().getTime() < untilMs) return { isQuiet: false, note: `: quiet since ${instantWords(clock.sinceMs)}, to be so until ${instantWords(untilMs)}.` };
  const [looked] = await askNewestSourceSamples(clickhouse, { sourceIds: [row.sourceId], fromMs: untilMs - LOOKS_WITHIN_MS, toMs: now().getTime() + 60_000 }, signal);
  return looked !== undefined && looked.hasSucceeded && looked.newest.at >= untilMs
    ? { isQuiet: true, note: '.' }
    : { isQuiet: false, note: `: quiet, as far as is known; a look at source ${row.sourceId} that succeeds is awaited, because failures are seen by it only.` };
}

/** What consumers have taken is past the hold, and the figures know of it only after their lag. */
function isSettled({ unacknowledged }: Record<string, string>, sinceSentMs: number): boolean {
  return unacknowledged === undefined ? sinceSentMs > 0 : unacknowledged === '0' && sinceSentMs > FIGURES_LAG_MS;
}

function countsOf(items: readonly ItemRow[]): Partial<Record<ItemState, number>> {
  const counts: Partial<Record<ItemState, number>> = {};
  for (const { state } of items) counts[state as ItemState] = (counts[state as ItemState] ?? 0) + 1;
  return counts;
}
