/** How many copies our own queue dropped because it was full, or that waited too long. */
import type { QueueLook } from '../tap-surroundings';

/**
 * Published minus delivered minus waiting. The broker counts each of these at another moment, so with traffic the
 * difference wavers by what was published between two looks; that much is subtracted, which makes it "at least", and exact
 * as soon as traffic pauses.
 */
export class DroppedCopies {
  /** Counted so far. */
  total = 0n;
  #first: bigint | null = null;
  #last: QueueLook | null = null;
  #recent = 0n;

  /** @param isNew the queue was just declared: whatever it dropped was dropped in our time */
  constructor(isNew: boolean) {
    if (isNew) this.#first = 0n;
  }

  /**
   * Takes one look at the queue into account.
   *
   * @param redelivered copies that were delivered again since the queue exists, as far as known
   * @returns how many more were dropped than known before
   */
  take(look: QueueLook | undefined, redelivered: bigint): bigint {
    if (!look || look.published === null || look.delivered === null || look.ready === null || look.unacked === null) return 0n;
    if (this.#last && look.sampleTime === this.#last.sampleTime) return 0n;
    const published = look.published - (this.#last?.published ?? look.published);
    // Counted anew: the statistics were reset.
    const isReset = published < 0n;
    const slack = isReset ? 0n : published + this.#recent;
    this.#recent = isReset ? 0n : published;
    this.#last = look;
    // Delivered counts what is unacknowledged as well; only what is ready was never delivered.
    const missing = look.published - (look.delivered - redelivered) - look.ready;
    if (isReset) {
      this.#first = missing - this.total;
      return 0n;
    }
    this.#first ??= missing;
    const dropped = missing - this.#first - slack;
    if (dropped <= this.total) return 0n;
    const more = dropped - this.total;
    this.total = dropped;
    return more;
  }
}
