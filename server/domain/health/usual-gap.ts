import type { MinuteFacts } from './flow-facts';
import { MINUTE_MS } from './minutes';

const HISTORY_MS = 60 * MINUTE_MS;
/** Two messages have one gap, and one gap is not usual. */
const FEWEST_LEAVES = 3;
const FEWEST_ACTIVE_MINUTES = 2;

/**
 * The gap between two messages that leave, as it was usual in the hour before the last one left. Where nine of ten active
 * minutes follow each other it is taken from the median count per minute, up to doubled the more these counts scatter
 * (random arrivals have longer gaps than regular ones); where they do not, it is the pause that nine of ten do not exceed.
 * Medians and ranks, because one outage and the burst after it must not become usual.
 *
 * @returns milliseconds; null when too little left to know
 */
export function usualGapMs(minutes: readonly MinuteFacts[], lastLeaveAt: number): number | null {
  const lastMinute = Math.floor(lastLeaveAt / MINUTE_MS) * MINUTE_MS;
  const active = minutes.filter(({ start, leaves }) => leaves > 0 && start <= lastMinute && start > lastMinute - HISTORY_MS);
  const leaves = active.reduce((sum, minute) => sum + minute.leaves, 0);
  if (leaves < FEWEST_LEAVES || active.length < FEWEST_ACTIVE_MINUTES) return null;
  const pause = ranked(active.slice(1).map(({ start }, i) => start - (active[i]?.start ?? start)), 0.9);
  if (pause > MINUTE_MS) return pause;
  // The first and the last minute were not active from end to end; of so few minutes the fullest says most.
  const counts = active.length > 3 ? active.slice(1, -1).map((minute) => minute.leaves) : [Math.max(...active.map((minute) => minute.leaves))];
  const median = ranked(counts, 0.5);
  const deviation = 1.4826 * ranked(counts.map((count) => Math.abs(count - median)), 0.5);
  return (MINUTE_MS / median) * (1 + Math.min(1, deviation ** 2 / median));
}

/** The value at that rank (nearest rank). */
function ranked(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
