/** Copies on their way into the store; the broker is told that we have them only when they are in. */
import type { FailedMessage, TapMessage } from '@/server/domain/taps/facts';

const MOST_IN_BATCH = 2_000;
const LONGEST_WAIT_MS = 250;

export interface CopyBatchesOptions {
  /** Resolves when stored. */
  store: (facts: readonly (TapMessage | FailedMessage)[]) => Promise<void>;
  /** Acknowledges this delivery and all before it. */
  acknowledge: (deliveryTag: number) => void;
  /** Asked right before acknowledging: a process that slept must not act late. */
  isHeld: () => boolean;
  /** A batch could not be stored or acknowledged: nothing after it will be. */
  failed: (error: unknown) => void;
}

interface Entry { deliveryTag: number; facts: readonly (TapMessage | FailedMessage)[] }

export class CopyBatches {
  readonly #options: CopyBatchesOptions;
  #waiting: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #hasFailed = false;

  constructor(options: CopyBatchesOptions) {
    this.#options = options;
  }

  /** In order of delivery. A message without facts only moves the acknowledgement on. */
  add(deliveryTag: number, facts: readonly (TapMessage | FailedMessage)[]): void {
    if (this.#hasFailed) return;
    this.#waiting.push({ deliveryTag, facts });
    if (this.#waiting.length >= MOST_IN_BATCH) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), LONGEST_WAIT_MS);
  }

  /** Resolves when everything added so far is stored and acknowledged, or failed. */
  async settle(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#hasFailed) {
      const batch = this.#waiting.splice(0, MOST_IN_BATCH);
      try {
        await this.#options.store(batch.flatMap(({ facts }) => facts));
        if (!this.#options.isHeld()) throw new Error('The lease of this tap has ended.');
        this.#options.acknowledge(batch.at(-1)!.deliveryTag);
      } catch (error) {
        this.#hasFailed = true;
        this.#waiting = [];
        this.#options.failed(error);
      }
    }
  }
}
