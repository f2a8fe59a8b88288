import type { IngestCount, IngestCountKind } from '@/server/services/ingest/add-ingest-counts';
import type { AppendOutcome } from './block-builder';

/** Distinct subjects kept between two flushes; a sender that invents names must not fill memory or the table. */
const MOST_SUBJECTS = 2_000;
const OTHER = 'other';

/** Counts what ingest did not take as it came, until somebody writes the counts down. */
export class IngestCounter {
  #counts = new Map<string, IngestCount>();

  countRefusal(reason: string): void {
    this.add('request-refused', reason, 1);
  }

  countOutcome(outcome: AppendOutcome, isRepeat: boolean): void {
    if (isRepeat) this.add('request-repeated', 'identical-body', 1);
    for (const { reason, count } of outcome.rejected) this.add('span-rejected', reason, count);
    for (const { kind, count } of outcome.corrected) this.add('value-corrected', kind, count);
    for (const [key, count] of outcome.maskedKeys) this.add('value-masked', key, count);
  }

  add(kind: IngestCountKind, subject: string, count: number): void {
    const known = this.#counts.get(`${kind} ${subject}`);
    if (known) known.count += count;
    else if (this.#counts.size < MOST_SUBJECTS || subject === OTHER) this.#counts.set(`${kind} ${subject}`, { kind, subject, count });
    else this.add(kind, OTHER, count);
  }

  /** The counts since the last call. Whoever takes them and cannot write them down gives them back with `add`. */
  take(): IngestCount[] {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    return counts;
  }
}
