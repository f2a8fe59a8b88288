/** One of the two servers under comparison, with the engines it needs, freshly started and empty. */
export interface Side {
  /** Where to send spans. */
  tracesUrl: string;
  /** Account, address and database of the ClickHouse that the spans end in. */
  clickhouseUrl: string;
  /** Counts the spans that have arrived wherever this side promises them. */
  visibleSpansSql: string;
  /** The whole server side: collector and databases. */
  pids: { collector: number[]; database: number[] };
  /** Checks that the spans are not only there but treated as promised. @throws Error with what is wrong */
  check(spans: number): Promise<void>;
}

/** What has to be ended, last started first; also when starting the rest failed. */
export class Started {
  private readonly stops: (() => Promise<unknown>)[] = [];

  add(stop: () => Promise<unknown>): void {
    this.stops.push(stop);
  }

  async stopAll(): Promise<void> {
    for (const stop of this.stops.toReversed()) await stop();
  }
}

/**
 * @param directory empty, removed by the caller afterwards
 * @param started gets every process as soon as it runs; the caller ends them
 */
export type StartSide = (directory: string, started: Started) => Promise<Side>;
