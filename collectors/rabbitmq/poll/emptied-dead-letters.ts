/** Dead letters that left their queue unseen: replayed, purged or expired by somebody else. */
import type { TapSink } from '@/collectors/runtime/taps/connector';

/** Statistics of the management API lag by up to 7 s; a copy of ours may be on its way to storage. */
const LAG_MS = 20_000;
const ASK_AGAIN_MS = 60_000;

/**
 * A dead-letter queue that is empty holds none of the messages that failed into it before: they are failed no more. While
 * something lies in it nobody can say what, without taking it out.
 */
export class EmptiedDeadLetters {
  readonly #empty = new Map<string, { since: number; askedAt: number }>();

  constructor(private readonly sink: Pick<TapSink, 'resolveFailures'>) {}

  /**
   * @param content messages in the queue, ready or not; null when it is not known
   * @param now Unix milliseconds
   */
  note(channelId: string, content: bigint | null, now: number): void {
    if (content !== 0n) {
      this.#empty.delete(channelId);
      return;
    }
    const known = this.#empty.get(channelId);
    if (known === undefined) {
      this.#empty.set(channelId, { since: now, askedAt: Number.NEGATIVE_INFINITY });
      return;
    }
    // What failed during the last seconds may not have reached the statistics yet.
    if (now - known.since < LAG_MS || now - known.askedAt < ASK_AGAIN_MS) return;
    known.askedAt = now;
    this.sink.resolveFailures(channelId, { seenBefore: now - LAG_MS, stillFailed: new Set() }).catch(() => {
      known.askedAt = Number.NEGATIVE_INFINITY;
    });
  }
}
