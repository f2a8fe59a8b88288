import type { MinuteFacts } from './flow-facts';
import { MINUTE_MS } from './minutes';

const HISTORY_MS = 60 * MINUTE_MS;
/** Two messages have one gap, and one gap is not usual. */
const FEWEST_LEAVES = 3;

/**
 * The gap between two messages that leave, as it was usual in the hour before the last one left: mean gap × (1 + index of
 * dispersion of the counts per minute). Regular traffic has dispersion 0, random arrivals 1, and batches of n about n,
 * so a batch every ten minutes is not mistaken for a stream that stopped.
 *
 * @returns milliseconds; null when too few messages left to know
 */
export function usualGapMs(minutes: readonly MinuteFacts[], lastLeaveAt: number): number | null {
  const lastMinute = Math.floor(lastLeaveAt / MINUTE_MS) * MINUTE_MS;
  const history = minutes.filter(({ start, leaves }) => leaves > 0 && start <= lastMinute && start > lastMinute - HISTORY_MS);
  const total = history.reduce((sum, { leaves }) => sum + leaves, 0);
  if (total < FEWEST_LEAVES) return null;
  const first = history[0]!.start;
  const length = Math.round((lastMinute - first) / MINUTE_MS) + 1;
  const mean = total / length;
  const sumOfSquares = history.reduce((sum, { leaves }) => sum + leaves ** 2, 0);
  const dispersion = length === 1 ? 1 : Math.max(0, sumOfSquares / length - mean ** 2) / mean;
  return (MINUTE_MS / mean) * (1 + dispersion);
}
