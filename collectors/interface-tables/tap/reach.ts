/** How far back timestamps of rows may lie that become visible only now. */
import type { Horizon } from '../dialect';

/** For transactions that read for a while before they write, and for writers whose clocks are behind. */
export const SLACK_MS = 60_000;
const MOST_LOOKS = 10_000;

/**
 * Rows carry the time at which their transaction began, and become visible when it commits. While a transaction is open,
 * its number holds `oldestOpen` back; it had not begun to write at the last look whose `next` was at most that number. So
 * no row that was invisible at the newest look carries a time before that look, less `SLACK_MS`.
 *
 * Only throughput depends on this. What waits and what failed is found without any timestamp.
 */
export class Reach {
  private readonly looks: { next: bigint; clockMs: number }[] = [];
  private floor: number | null = null;
  private start: number | null = null;

  /** Call after each look that succeeded. */
  note({ oldestOpen, next, clockMs, oldestStartMs }: Horizon): void {
    this.looks.push({ next, clockMs });
    while (this.looks.length > 1 && this.looks[1]!.next <= oldestOpen) this.looks.shift();
    // Without the second-oldest the answer only reaches further back.
    if (this.looks.length > MOST_LOOKS) this.looks.splice(1, 1);
    const began = Math.min(this.looks[0]!.clockMs, oldestStartMs ?? Number.POSITIVE_INFINITY) - SLACK_MS;
    this.start ??= began;
    this.floor = Math.max(began, this.start);
  }

  /** Unix milliseconds by the database's clock; for the first look the time just before it. */
  floorMs(clockMs: number): number {
    return this.floor ?? clockMs - SLACK_MS;
  }
}
