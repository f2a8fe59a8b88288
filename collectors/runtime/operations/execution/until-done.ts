import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { BoundLevers } from '../bound-levers';
import { sentenceOf } from '../engine';
import { SourceAway, type LeverRequest, type LeverResult, type LeverRun, type LeverTarget } from '../levers';
import { whenStopped } from './ending';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/** Levers on a channel, and what is asked of them. */
export interface LeverAct {
  levers: BoundLevers;
  target: LeverTarget;
  request: LeverRequest;
}

/** Calls the connector until it is done. @returns null when this life ended before */
export async function untilDone({ levers, target, request }: LeverAct, plan: ConnectorPlan, run: LeverRun): Promise<LeverResult | null> {
  return whileAway(run, () => levers.execute(target, request, plan, run), (error) => (run.stopRequested() ? whenStopped(sentenceOf(error)) : undefined));
}

/**
 * Tries again for as long as the source is away, and says so.
 *
 * @param giveUp asked after each try; an answer ends the waiting
 * @returns null when this life ended before
 */
export async function whileAway<T>(run: LeverRun, ask: () => Promise<T>, giveUp: (error: SourceAway) => T | undefined): Promise<T | null> {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    if (!run.isHeld()) return null;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SourceAway)) throw error;
      const given = giveUp(error);
      if (given !== undefined) return given;
      run.progress({ sentence: `Waiting: ${sentenceOf(error)} It goes on by itself as soon as the source answers.` });
      await pause(waitMs, undefined, { signal: run.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}
