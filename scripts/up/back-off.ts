/** How long to wait before a restart, in milliseconds. */
export interface BackOff {
  firstMs: number;
  mostMs: number;
  /** A service that ran this long has recovered: its next failure starts from the first delay again. */
  resetAfterMs: number;
}

export const BACK_OFF: BackOff = { firstMs: 500, mostMs: 30_000, resetAfterMs: 60_000 };

/** The delay before the next restart: doubles with every failure in a row, up to the most. */
export function restartDelayMs(backOff: BackOff, failuresInARow: number): number {
  return Math.min(backOff.mostMs, backOff.firstMs * 2 ** Math.max(0, failuresInARow - 1));
}
