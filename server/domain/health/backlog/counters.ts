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
 * What entered and left in the window that ends with the newest look. Where the source does not count both, the change of
 * what waits stands in: it tells their difference, which is what forecasts need.
 *
 * @returns null while the looks of the window cover less than half a minute
 */
export function movementOf(looks: readonly Look[], windowMs: number): Movement | null {
  const counted: Movement = { entered: 0, left: 0, overMs: 0 };
  const weighed: Movement = { entered: 0, left: 0, overMs: 0 };
  for (const [before, after] of stepsWithin(looks, windowMs)) {
    const stepMs = after.at - before.at;
    const entered = difference(before, after, 'entered');
    const left = difference(before, after, 'left');
    if (entered !== null && left !== null) add(counted, Number(entered), Number(left), stepMs);
    if (before.epoch === after.epoch && before.waiting !== null && after.waiting !== null) {
      const change = Number(after.waiting - before.waiting);
      add(weighed, Math.max(0, change), Math.max(0, -change), stepMs);
    }
  }
  if (counted.overMs >= SHORTEST_COVER_MS) return counted;
  return looks.some(({ entered, left }) => entered !== null && left !== null) || weighed.overMs < SHORTEST_COVER_MS ? null : weighed;
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

function add(sum: Movement, entered: number, left: number, stepMs: number): void {
  sum.entered += entered;
  sum.left += left;
  sum.overMs += stepMs;
}
