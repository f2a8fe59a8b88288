import type { Corrections } from './corrections';
import type { LowCardinalityColumn } from './native/low-cardinality-column';

/** Distinct span names that one service may have in one block. */
const MOST_NAMES_PER_SERVICE = 1000;
/** Stored instead of every name above that number. */
const OTHER_NAMES = '‹other›';

/**
 * Keeps the names of one block few enough for a LowCardinality column: a service that writes something different into
 * every name shares one name for all above the limit, which is counted.
 */
export class SpanNames {
  private readonly indexes = new Map<string, Map<string, number>>();

  constructor(
    private readonly column: LowCardinalityColumn,
    private readonly corrections: Corrections,
  ) {}

  append(serviceName: string, name: string): void {
    let indexes = this.indexes.get(serviceName);
    if (indexes === undefined) this.indexes.set(serviceName, (indexes = new Map()));
    let index = indexes.get(name);
    if (index === undefined) {
      const isOther = indexes.size >= MOST_NAMES_PER_SERVICE;
      index = this.column.indexOf(isOther ? OTHER_NAMES : name);
      if (isOther) this.corrections.add('span-name-overflow');
      else indexes.set(name, index);
    }
    this.column.appendIndex(index);
  }

  /** To be called with every new block. */
  clear(): void {
    this.indexes.clear();
  }
}
