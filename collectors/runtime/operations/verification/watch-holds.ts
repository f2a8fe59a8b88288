/** Measures every hold that is in place, again and again; puts back what the platform dropped; ends the operation that made it. */
import type { HoldState } from '@/server/domain/operations/hold-states';
import { lostBetween } from '@/server/domain/operations/parked-loss';
import { DRAIN_PATIENCE_MS } from '@/server/domain/operations/step-acceptance';
import { readLeverSwitch } from '@/server/services/operations/lever-switch';
import { raiseFence } from '@/server/services/operations/engine/fenced';
import { countReassertion, measureHold } from '@/server/services/operations/engine/measure-hold';
import { changeState } from '@/server/services/operations/engine/run-operation';
import { isStillMeant, openHolds } from '@/server/services/operations/engine/work-to-do';
import { loadOperation, type HoldRow } from '@/server/services/operations/operation-rows';
import { sentenceOf, type Engine } from '../engine';
import { holdInPlace, leverTarget } from '../lever-target';
import type { HoldObservation } from '../levers';
import { contextFor, holdStateOf, lookAtHold } from './look-at-hold';

/** Somebody who takes a hold away again and again means it. */
const MOST_REASSERTIONS = 3;

/** One look at all holds, at each within its own time limit. */
export async function watchHolds(engine: Engine, signal: AbortSignal): Promise<number> {
  const holds = (await openHolds(engine.db)).filter(({ state }) => state !== 'releasing' && state !== 'requested');
  await Promise.all(holds.map((hold) => watchHold(engine, hold, signal)));
  return holds.length;
}

async function watchHold(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<void> {
  const observed = await lookTwiceAtFewer(engine, hold, await lookAtHold(engine, hold, signal), signal);
  if (signal.aborted) return;
  const state = holdStateOf(hold, observed, engine.now());
  await measureHold(engine.db, hold, {
    state, observation: observed.sentence, figures: observed.figures, outsideActs: observed.outsideActs,
  }, engine.now());
  if (observed.state === 'dropped') await putBack(engine, hold, signal);
  await endTheOperation(engine, hold, state ?? (hold.state as HoldState), observed.sentence);
}

/** What somebody only looks at in the source's own tools is back a moment later, and is not lost. */
async function lookTwiceAtFewer(engine: Engine, hold: HoldRow, first: HoldObservation, signal: AbortSignal): Promise<HoldObservation> {
  if (signal.aborted || lostBetween(hold.figures as HoldObservation['figures'], first.figures) === 0n) return first;
  const second = await lookAtHold(engine, hold, signal);
  return second.state === 'unreachable' ? first : second;
}

async function putBack(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<void> {
  if (hold.reasserted >= MOST_REASSERTIONS || (await readLeverSwitch(engine.db)) !== null) return;
  try {
    const target = leverTarget(engine.contracts(), hold.flowId, hold.hopId);
    const levers = engine.levers(target);
    if ('problem' in levers || !(await isStillMeant(engine.db, hold)) || (await wasNeverInPlace(engine, hold))) return;
    await levers.reassert(target, holdInPlace(hold), contextFor(engine, hold, signal));
    const last = hold.reasserted + 1 >= MOST_REASSERTIONS ? ' It will not be put back again: release it, or find out who takes it away.' : '';
    await countReassertion(engine.db, hold, `The hold was not in place any more and was put back (${hold.reasserted + 1} of ${MOST_REASSERTIONS}).${last}`, engine.now());
  } catch (error) {
    engine.logger.warn({ hold: hold.id, error: sentenceOf(error) }, 'a hold could not be put back');
  }
}

/** Stopped or failed before anybody measured it in place: nobody wants it there by now, and whoever answers for it decides. */
async function wasNeverInPlace({ db }: Engine, { heldAt, openedBy }: HoldRow): Promise<boolean> {
  return heldAt === null && ['aborted', 'failed'].includes((await loadOperation(db, openedBy)).state);
}

/** The pause has done its part when it is measured as held, or when it is in place and drains longer than anybody waits. */
async function endTheOperation(engine: Engine, hold: HoldRow, state: HoldState, observation: string): Promise<void> {
  const operation = await loadOperation(engine.db, hold.openedBy);
  if (operation.state !== 'verifying') return;
  const now = engine.now();
  const waitedMs = now.getTime() - (operation.startedAt ?? operation.requestedAt).getTime();
  const isPatient = waitedMs < DRAIN_PATIENCE_MS;
  const end = state === 'held' || state === 'active' ? { to: 'done' as const, sentence: observation }
    : isPatient ? null
      : state === 'draining' ? { to: 'done' as const, sentence: `In place; what was on its way is still being worked off. ${observation}` }
        : { to: 'partly-done' as const, sentence: `In place, but not verified as held: ${observation}` };
  if (end === null) return;
  // Verification is nobody's lease but that of the watch: it raises the fence as a new holder does.
  const fence = operation.fence + 1n;
  if (await raiseFence(engine.db, operation.id, fence)) await changeState(engine.db, { id: operation.id, fence }, end.to, { sentence: end.sentence, now });
}
