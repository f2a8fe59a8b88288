import type { DrainForecast } from '../flow-view';
import type { Movement } from './counters';

const MINUTE_MS = 60_000;
/** Below this many standard deviations entering and leaving differ by chance. */
const SIGNIFICANT = 2;

/**
 * When what waits will be worked off, from measured rates.
 *
 * While μ messages leave and λ enter per unit of time, W waiting ones are gone after W / (μ − λ) (the fluid
 * approximation of a queue; what is in flight is taken to stay as it is). Counts of independent arrivals and departures
 * scatter like Poisson numbers, so in a time T the difference D = left − entered has a standard deviation of
 * √(left + entered): a window tells a direction only if |D| is more than twice that.
 *
 * The shortest window that tells a direction decides it, because it is the newest; the range then runs from the fastest
 * to the slowest of all windows that drain and are at least as long, each widened by one standard deviation.
 *
 * @param movements of windows that end now, shortest first (1, 5 and 15 minutes); null where not known
 */
export function forecastDrain(waiting: bigint | null, movements: readonly (Movement | null)[]): DrainForecast {
  if (waiting === 0n) return { kind: 'empty' };
  if (waiting === null) return { kind: 'unknown', reason: 'how many messages wait is not known' };
  const known = movements.filter((movement) => movement !== null);
  if (known.length === 0) return { kind: 'unknown', reason: 'how fast messages enter and leave is not known yet' };
  const decided = newestDirection(known);
  if (!decided) return { kind: 'unknown', reason: standingStill(known) };
  if (decided.entered > decided.left) return { kind: 'growing', perMinute: ((decided.entered - decided.left) * MINUTE_MS) / decided.overMs };
  const bands = known.slice(known.indexOf(decided)).filter((movement) => isSignificant(movement) && movement.left > movement.entered).map((movement) => bandOf(Number(waiting), movement));
  return { kind: 'draining', fromMs: Math.round(Math.min(...bands.map(({ fromMs }) => fromMs))), toMs: Math.round(Math.max(...bands.map(({ toMs }) => toMs))) };
}

/** The movement of the shortest window that tells a direction beyond chance; null when none does. */
export function newestDirection(movements: readonly (Movement | null)[]): Movement | null {
  return movements.find((movement) => movement !== null && isSignificant(movement)) ?? null;
}

function deviation({ entered, left }: Movement): number {
  return Math.sqrt(entered + left);
}

function isSignificant(movement: Movement): boolean {
  return Math.abs(movement.left - movement.entered) > SIGNIFICANT * deviation(movement);
}

/** The difference is more than twice its deviation here, so both ends are positive. */
function bandOf(waiting: number, movement: Movement): { fromMs: number; toMs: number } {
  const net = movement.left - movement.entered;
  return { fromMs: (waiting * movement.overMs) / (net + deviation(movement)), toMs: (waiting * movement.overMs) / (net - deviation(movement)) };
}

function standingStill(known: readonly Movement[]): string {
  const longest = known.reduce((a, b) => (b.overMs > a.overMs ? b : a));
  const minutes = Math.max(1, Math.round(longest.overMs / MINUTE_MS));
  if (longest.left === 0 && longest.entered === 0) return `nothing entered or left in ${minutes} min`;
  return `about as many enter as leave (${longest.entered} and ${longest.left} in ${minutes} min)`;
}
