import type { SpoolPosition } from '../spool/position';
import type { Appended, PlacedRecord } from '../spool/spool';
import { MalformedBody, type BlockBuilder } from './block-builder';

/** Consecutive spool records on their way into the same blocks. */
export class Group {
  readonly from: SpoolPosition;
  #to: SpoolPosition;
  #durable: Promise<void> = Promise.resolve();
  #firstReceivedAtMs = Infinity;

  constructor(readonly builder: BlockBuilder, from: SpoolPosition, readonly openedAtMs: number) {
    this.from = from;
    this.#to = from;
  }

  get to(): SpoolPosition {
    return this.#to;
  }

  get rows(): number {
    return this.builder.rows;
  }

  get firstReceivedAtMs(): number {
    return this.#firstReceivedAtMs;
  }

  /** Resolves when every record of the group is durable: nothing goes to ClickHouse that a crash could make us forget. */
  get durable(): Promise<void> {
    return this.#durable;
  }

  /** The builder already holds the spans of this record. */
  extend(appended: Appended, receivedAtMs: number): void {
    this.#to = appended.to;
    const before = this.#durable;
    this.#durable = before.then(() => appended.durable);
    // Whoever awaits the group hears of it; without this a failure would also end the process as unhandled.
    this.#durable.catch(() => undefined);
    this.#firstReceivedAtMs = Math.min(this.#firstReceivedAtMs, receivedAtMs);
  }

  /**
   * Adds a record read back from the spool.
   *
   * @returns false when it cannot be decoded (any more) and has to be kept aside
   */
  replay({ record, to }: PlacedRecord): boolean {
    this.#to = to;
    this.#firstReceivedAtMs = Math.min(this.#firstReceivedAtMs, record.receivedAtMs);
    try {
      this.builder.append(record.body, record.encoding, record.receivedAtMs);
      return true;
    } catch (error) {
      if (error instanceof MalformedBody) return false;
      throw error;
    }
  }
}
