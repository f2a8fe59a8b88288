/** The rows of a table that are not finished, kept in step with it, and what came, left and failed since the last look. */
import type { FinishedRow, OpenRow } from '../dialect';

export interface ShareTotals {
  entered: bigint;
  left: bigint;
}

/** What a look found to differ from the rows that are known. */
export interface Changes {
  changed: readonly OpenRow[];
  gone: readonly string[];
}

export interface Failures {
  /** Keys of rows that came into error, or changed in it. */
  failed: string[];
  /** Keys of rows that left it. */
  resolved: string[];
}

export class OpenRows {
  private readonly rows = new Map<string, OpenRow>();
  /** Rows that were counted as left, with the database's time of that look: overlapping looks see them again. */
  private readonly settled = new Map<string, number>();
  readonly totals: ShareTotals[];

  constructor(shares: number) {
    this.totals = Array.from({ length: shares }, () => ({ entered: 0n, left: 0n }));
  }

  isInError(key: string): boolean {
    return this.rows.get(key)?.state === 'error';
  }

  /**
   * The changes, if the rows that changed and those that finished explain all: open rows now are among those known and
   * those changed, because a row that did not change was open before. If what remains is as many as are open, it is them.
   *
   * @param expected how many rows are open in the same snapshot
   * @returns null when rows vanished that nobody finished: all open rows have to be read
   */
  explain(changed: readonly OpenRow[], finished: readonly FinishedRow[], expected: bigint): Changes | null {
    const changedKeys = new Set(changed.map(({ key }) => key));
    const gone = finished.map(({ key }) => key).filter((key) => this.rows.has(key) && !changedKeys.has(key));
    const added = [...changedKeys].filter((key) => !this.rows.has(key)).length;
    return BigInt(this.rows.size + added - gone.length) === expected ? { changed, gone } : null;
  }

  /** The changes against all open rows; null when keys occur twice, so that they name no row. */
  compare(all: readonly OpenRow[]): Changes | null {
    const now = new Map(all.map((row) => [row.key, row]));
    if (now.size !== all.length) return null;
    return {
      changed: all.filter((row) => {
        const before = this.rows.get(row.key);
        return before === undefined || before.version !== row.version || before.state !== row.state || before.shares !== row.shares;
      }),
      gone: [...this.rows.keys()].filter((key) => !now.has(key)),
    };
  }

  /** @param counts false for rows that were there before us */
  apply({ changed, gone }: Changes, clockMs: number, counts: boolean): Failures {
    const failures: Failures = { failed: [], resolved: [] };
    for (const row of changed) {
      const before = this.rows.get(row.key);
      if (counts) {
        this.add('entered', row.shares, before?.shares ?? 0);
        this.add('left', before?.shares ?? 0, row.shares);
      }
      if (row.state === 'error' && (before?.state !== 'error' || before.version !== row.version)) failures.failed.push(row.key);
      if (row.state !== 'error' && before?.state === 'error') failures.resolved.push(row.key);
      this.rows.set(row.key, row);
    }
    for (const key of gone) {
      const before = this.rows.get(key);
      if (!before) continue;
      if (counts) this.add('left', before.shares, 0);
      if (before.state === 'error') failures.resolved.push(key);
      this.rows.delete(key);
      this.settled.delete(key);
      this.settled.set(key, clockMs);
    }
    return failures;
  }

  /**
   * Rows that came and were finished since the last look, each once. A row that was finished long ago and is touched again,
   * for instance by an archive job, was created before `floorMs` and does not count.
   */
  pass(finished: readonly FinishedRow[], floorMs: number, clockMs: number, counts: boolean): void {
    for (const [key, at] of this.settled) {
      if (at >= floorMs) break;
      this.settled.delete(key);
    }
    for (const { key, shares, createdMs } of finished) {
      if (createdMs === null || createdMs < floorMs || this.settled.has(key)) continue;
      this.settled.set(key, clockMs);
      if (!counts) continue;
      this.add('entered', shares, 0);
      this.add('left', shares, 0);
    }
  }

  private add(total: keyof ShareTotals, shares: number, except: number): void {
    this.totals.forEach((totals, index) => {
      if (hasShare(shares, index) && !hasShare(except, index)) totals[total] += 1n;
    });
  }
}

/** Bits of a number up to 2^53; the operators of the language stop at 2^32. */
function hasShare(shares: number, index: number): boolean {
  return Math.floor(shares / 2 ** index) % 2 === 1;
}
