/** Counts spans without a contract by what they look like, with bounded memory. */
const MOST_SUBJECTS = 200;
const LONGEST_SUBJECT = 200;
const OTHER = 'other';

export class SubjectCounts {
  private counts = new Map<string, number>();

  add(seen: string): void {
    const subject = seen.length > LONGEST_SUBJECT ? seen.slice(0, LONGEST_SUBJECT) : seen;
    const count = this.counts.get(subject);
    if (count !== undefined) this.counts.set(subject, count + 1);
    else if (this.counts.size < MOST_SUBJECTS) this.counts.set(subject, 1);
    else this.counts.set(OTHER, (this.counts.get(OTHER) ?? 0) + 1);
  }

  /** Counts since the last call; subjects beyond the limit are together under `other`. */
  take(): Map<string, number> {
    const taken = this.counts;
    this.counts = new Map();
    return taken;
  }
}
