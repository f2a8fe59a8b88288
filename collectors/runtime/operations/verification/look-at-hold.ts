/** One look at a hold, within a time limit. */
import type { HoldState } from '@/server/domain/operations/hold-states';
import type { HoldRow } from '@/server/services/operations/operation-rows';
import { sentenceOf, type Engine } from '../engine';
import { holdInPlace, leverTarget } from '../lever-target';
import type { HoldObservation, LeverContext } from '../levers';

/** A look takes at most two seconds; a source that does not answer in this time is away. */
const LOOK_MS = 8_000;

/** Never throws: what cannot be looked at is `unreachable`, with the reason. */
export async function lookAtHold(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<HoldObservation> {
  const away = (sentence: string): HoldObservation => ({ state: 'unreachable', sentence, figures: {}, outsideActs: [] });
  try {
    const target = leverTarget(engine.contracts(), hold.flowId, hold.hopId);
    const levers = engine.levers(target);
    if ('problem' in levers) return away(levers.problem);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    return await levers.observe(target, holdInPlace(hold), contextFor(engine, hold, limit));
  } catch (error) {
    return away(`It could not be measured: ${sentenceOf(error)}`);
  }
}

export function contextFor({ contracts, installation, logger, now }: Engine, hold: HoldRow, signal: AbortSignal): LeverContext {
  return { signal, installation, operationId: hold.openedBy, contracts, logger, now: () => now().getTime() };
}

/** What a look makes of a hold; null: nobody could look. */
export function holdStateOf(hold: Pick<HoldRow, 'state' | 'reviewBy'>, { state }: HoldObservation, now: Date): HoldState | null {
  switch (state) {
    case 'unreachable': return null;
    case 'dropped': return 'leaking';
    // A reroute that has expired and is still in place stays expired.
    case 'active': return hold.state === 'expiring' && hold.reviewBy <= now ? 'expiring' : 'active';
    case 'held':
    case 'draining':
    case 'leaking': return state;
  }
}
