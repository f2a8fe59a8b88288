import type { Look } from './tap-facts';

type Counter = 'entered' | 'left' | 'redelivered';

/** A counter moved by `count` in `overMs`: what the looks cover, which may be less than what was asked for. */
export interface Increase {
  count: number;
  overMs: number;
}

/** What came in and what left in the same time. */
export interface Movement {
  entered: number;
  left: number;
  overMs: number;
}

/** A rate over less than this says more about chance than about the channel. */
const SHORTEST_COVER_MS = 30_000;

/**
 * How far a counter moved in the window that ends with the newest look. Adds the steps between neighbouring looks of one
 * epoch; a step into another epoch (broker restarted, queue recreated) and one that leads backwards count neither as
 * movement nor as time. Looks that failed in between lose nothing, because counters are totals.
 *
 * @returns null while the looks of the window cover less than half a minute
 */
export function increaseOf(looks: readonly Look[], counter: Counter, windowMs: number): Increase | null {
  let count = 0n;
  let overMs = 0;
  for (const [before, after] of stepsWithin(looks, windowMs)) {
    const moved = difference(before, after, counter);
    if (moved === null) continue;
    count += moved;
    overMs += after.at - before.at;
  }
  return overMs < SHORTEST_COVER_MS ? null : { count: Number(count), overMs };
}

/**
 * What entered and left in the window that ends with the newest look.
 *
 * Brokers count what is published and acknowledged, but not what comes by dead-lettering, nor what goes by rejection,
 * expiry or purge. Content is conserved: entered − left is the change of what waits or is in flight. So what the counters
 * leave unexplained of that change is added to the side that it must have come from; where nothing is counted, the change
 * alone is what is known.
 *
 * @returns null while the looks of the window cover less than half a minute
 */
export function movementOf(looks: readonly Look[], windowMs: number): Movement | null {
  const counts = looks.some(({ entered, left }) => entered !== null && left !== null);
  let [entered, left, unexplained, overMs] = [0, 0, 0, 0];
  for (const [before, after] of stepsWithin(looks, windowMs)) {
    const [came, went] = [difference(before, after, 'entered'), difference(before, after, 'left')];
    const change = contentChange(before, after);
    if (counts ? came === null || went === null : change === null) continue;
    entered += Number(came ?? 0n);
    left += Number(went ?? 0n);
    unexplained += change === null ? 0 : change - Number((came ?? 0n) - (went ?? 0n));
    overMs += after.at - before.at;
  }
  if (overMs < SHORTEST_COVER_MS) return null;
  return { entered: entered + Math.max(0, unexplained), left: left + Math.max(0, -unexplained), overMs };
}

function contentChange(before: Look, after: Look): number | null {
  if (before.epoch !== after.epoch || before.waiting === null || after.waiting === null) return null;
  return Number(after.waiting + (after.inFlight ?? 0n) - before.waiting - (before.inFlight ?? 0n));
}

/** By how much a gauge is above what it was when the window began; null when nothing of the same epoch is known then. */
export function growthOf(looks: readonly Look[], gauge: 'waiting' | 'failed', windowMs: number): Increase | null {
  const newest = looks.at(-1);
  const first = looks.find((look) => newest !== undefined && look.at >= newest.at - windowMs && look.epoch === newest.epoch && look[gauge] !== null);
  if (!newest || !first || first === newest || newest[gauge] === null || first[gauge] === null) return null;
  return { count: Number(newest[gauge] - first[gauge]), overMs: newest.at - first.at };
}

/** Per minute; null where nothing is known. */
export function perMinute(increase: Increase | null): number | null {
  return increase === null ? null : (increase.count * 60_000) / increase.overMs;
}

/** Steps between neighbouring looks that begin within the window. */
function stepsWithin(looks: readonly Look[], windowMs: number): (readonly [Look, Look])[] {
  const from = (looks.at(-1)?.at ?? 0) - windowMs;
  return looks.slice(1).flatMap((after, i) => {
    const before = looks[i];
    return before && before.at >= from && after.at > before.at ? [[before, after] as const] : [];
  });
}

/** Null between two epochs, backwards, or where one of the two is not known. */
export function difference(before: Look, after: Look, counter: Counter): bigint | null {
  const [a, b] = [before[counter], after[counter]];
  return before.epoch === after.epoch && a !== null && b !== null && b >= a ? b - a : null;
}
