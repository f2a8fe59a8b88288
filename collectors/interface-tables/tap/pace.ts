/** How often one table is looked at: every instant of the grid while that is cheap, less often when it is not. */

/** Share of the time that looks at one table may take. */
const MOST_LOAD = 0.2;
/** The same where an index is missing: each look reads the whole table. */
const MOST_LOAD_SCANNING = 0.04;
const LONGEST_MS = 120_000;
const LONGEST_BACK_OFF_MS = 60_000;

export class Pace {
  private nextAt = Number.NEGATIVE_INFINITY;
  private lastAt = Number.NEGATIVE_INFINITY;
  private slowLooks = 0;
  /** Time between looks; the interval of the grid while nothing slows them. */
  everyMs: number;

  constructor(private readonly intervalMs: number) {
    this.everyMs = intervalMs;
  }

  isDue(sampleTime: number): boolean {
    // A clock that is set back must not stop the looks until it has caught up.
    return sampleTime >= this.nextAt || sampleTime < this.lastAt;
  }

  /** @param scans whether an index is missing */
  looked(sampleTime: number, tookMs: number, scans: boolean): void {
    this.slowLooks = 0;
    const load = scans ? MOST_LOAD_SCANNING : MOST_LOAD;
    this.next(sampleTime, Math.min(LONGEST_MS, tookMs / load));
  }

  /** A look that the database ended because it took too long. */
  tookTooLong(sampleTime: number): void {
    this.slowLooks += 1;
    this.next(sampleTime, Math.min(LONGEST_BACK_OFF_MS, this.intervalMs * 2 ** this.slowLooks));
  }

  isSlowed(): boolean {
    return this.everyMs > this.intervalMs;
  }

  private next(sampleTime: number, wishedMs: number): void {
    this.everyMs = Math.max(1, Math.ceil(wishedMs / this.intervalMs)) * this.intervalMs;
    this.lastAt = sampleTime;
    this.nextAt = sampleTime + this.everyMs;
  }
}
