/** A hold that is looked at all the while something is done to its table. */
import type { HoldInPlace, HoldObservation } from '../../runtime/operations/levers';
import type { LeverFlow } from './lever-flow';

/** Looks again and again until the work is done, and once more. */
export async function watched<T>(flow: LeverFlow, hold: HoldInPlace, work: Promise<T>): Promise<{ done: T; looks: HoldObservation[] }> {
  let isOver = false;
  const done = work.finally(() => { isOver = true; });
  // Told when it is awaited.
  done.catch(() => undefined);
  const looks: HoldObservation[] = [];
  for (let isLast = false; !isLast;) {
    isLast = isOver;
    looks.push(await flow.observe(hold));
  }
  return { done: await done, looks };
}

export function statesOf(looks: readonly HoldObservation[]): string[] {
  return [...new Set(looks.map(({ state }) => state))];
}
