/** A rate in messages per second, and the stop lever, which is looked at while waiting. */
import { setTimeout as pause } from 'node:timers/promises';
import { FenceLost, type LeverRun } from '@/collectors/runtime/operations/levers';

/** How long a wait goes on without a look at the stop lever. */
const SLICE_MS = 100;
/** Where a rate is asked for, no more than a fifth of a second's worth leaves at once. */
const PARTS_OF_SECOND = 5;

export class Pace {
  readonly #startedAt = performance.now();
  #used = 0;

  /** @param perSecond null: as fast as it goes */
  constructor(private readonly perSecond: number | null, private readonly run: Pick<LeverRun, 'stopRequested' | 'isHeld' | 'signal'>, private readonly canBeStopped = true) {}

  /** How many may go next, at most. */
  get batch(): number {
    return this.perSecond === null ? Number.MAX_SAFE_INTEGER : Math.max(1, Math.floor(this.perSecond / PARTS_OF_SECOND));
  }

  /** Waits until so many more may go. @returns false: stopped on request @throws FenceLost */
  async take(count: number): Promise<boolean> {
    this.#used += count;
    const due = this.perSecond === null ? 0 : this.#startedAt + ((this.#used - count) / this.perSecond) * 1000;
    for (;;) {
      if (!this.goesOn()) return false;
      const rest = due - performance.now();
      if (rest <= 0) return true;
      await pause(Math.min(rest, SLICE_MS));
    }
  }

  /** @returns false: stopped on request @throws FenceLost when this life of the operation is over */
  goesOn(): boolean {
    mustHold(this.run);
    return !(this.canBeStopped && this.run.stopRequested());
  }
}

/** To be asked immediately before every act that the broker could notice. @throws FenceLost; the signal's reason */
export function mustHold(run: Pick<LeverRun, 'isHeld' | 'signal'>): void {
  run.signal.throwIfAborted();
  if (!run.isHeld()) throw new FenceLost();
}
