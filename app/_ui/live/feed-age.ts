/** Older than this, a live picture must look broken: three refreshes were missed. */
export const STALE_AFTER_MS = 15_000;

export interface FeedTimes {
  /** When the server made the answer, by its own clock. */
  asOf: string;
  /** The newest moment at which the facts in the answer were judged, by the server's clock; null when none were. */
  evaluatedAt: string | null;
  /** When the answer arrived, in epoch milliseconds of this browser. */
  answeredAt: number;
}

/**
 * Age of the facts on the screen in milliseconds. The two clocks are never compared with each other: a browser whose
 * clock is wrong must neither grey out a living picture nor hide a dead one.
 */
export function feedAge({ asOf, evaluatedAt, answeredAt }: FeedTimes, now: number): number {
  const onTheScreen = Math.max(0, now - answeredAt);
  const beforeTheAnswer = evaluatedAt === null ? 0 : Math.max(0, Date.parse(asOf) - Date.parse(evaluatedAt));
  return onTheScreen + beforeTheAnswer;
}

/** The later of several instants; null for none. */
export function latest(instants: readonly string[]): string | null {
  return instants.reduce<string | null>(
    (newest, instant) => (newest === null || Date.parse(instant) > Date.parse(newest) ? instant : newest),
    null,
  );
}
