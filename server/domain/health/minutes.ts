import type { MinuteFacts } from './flow-facts';

export const MINUTE_MS = 60_000;
export const WINDOW_MINUTES = 5;

/** The five minute buckets that end with the running one. Minutes after `now` (a clock that jumped) are left out. */
export function fiveMinutes(minutes: readonly MinuteFacts[], now: number): MinuteFacts[] {
  const running = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return minutes.filter(({ start }) => start <= running && start > running - WINDOW_MINUTES * MINUTE_MS);
}

export function sumOf(minutes: readonly MinuteFacts[], what: 'enters' | 'leaves' | 'failedAttempts'): number {
  return minutes.reduce((sum, minute) => sum + minute[what], 0);
}
