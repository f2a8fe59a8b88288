/** How many copies our own queue dropped because it was full, or because they waited too long. */
import type { QueueLook } from '../tap-surroundings';

/**
 * The broker counts what is published, delivered and waiting at different moments, each up to 5 s late: with traffic, sums
 * of them waver by what was published in that time.
 */
const COUNTS_LAG_MS = 12_000;

/**
 * Published minus delivered minus waiting, minus what was published while counts may lag: "at least", and exact as soon as
 * traffic has paused for so long.
 */
export class DroppedCopies {
  /** Counted so far. */
  total = 0n;
  /** What was missing before we began to count: dropped in the time of a predecessor, and counted by it. */
  #before: { missing: bigint; until: number } | null = null;
  /** Looks of the last seconds, oldest first; the first one is older. */
  #published: { at: number; count: bigint }[] = [];

  /** @param isNew the queue was just declared: whatever it dropped was dropped in our time */
  constructor(private readonly isNew: boolean) {}

  /**
   * Takes one look at the queue into account.
   *
   * @param redelivered copies that were delivered again since the queue is known
   * @returns how many more were dropped than known before
   */
  take(look: QueueLook | undefined, redelivered: bigint): bigint {
    if (!look || look.published === null || look.delivered === null || look.ready === null) return 0n;
    // Delivered includes what is unacknowledged; only what is ready was never delivered.
    const missing = look.published - (look.delivered - redelivered) - look.ready;
    const latest = this.#published.at(-1);
    if (latest && latest.count > look.published) this.#startAnew(missing, look.sampleTime);
    if (latest?.at !== look.sampleTime) this.#published.push({ at: look.sampleTime, count: look.published });
    while (this.#published.length > 1 && this.#published[1]!.at <= look.sampleTime - COUNTS_LAG_MS) this.#published.shift();

    this.#before ??= { missing: this.isNew ? 0n : missing, until: this.isNew ? look.sampleTime : look.sampleTime + COUNTS_LAG_MS };
    if (look.sampleTime < this.#before.until && missing > this.#before.missing) this.#before.missing = missing;
    const oldest = this.#published[0]!;
    const isCovered = oldest.at <= look.sampleTime - COUNTS_LAG_MS;
    const slack = look.published - (isCovered || !this.isNew ? oldest.count : 0n);
    const more = missing - this.#before.missing - slack - this.total;
    if (more <= 0n) return 0n;
    this.total += more;
    return more;
  }

  /** The broker's counts began again, e.g. because statistics were reset. */
  #startAnew(missing: bigint, at: number): void {
    this.#published = [];
    this.#before = { missing: missing - this.total, until: at };
  }
}
