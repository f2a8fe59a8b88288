/**
 * What was repaired while decoding, so that a repaired value is never mistaken for what the sender meant:
 * - `negative-duration`: a span that ends before it starts gets duration 0
 * - `invalid-utf8`: a text that is not UTF-8 has U+FFFD in place of the bad bytes
 * - `duplicate-attribute`: of attributes with the same key the last one is kept
 * - `invalid-parent-id`, `invalid-link-id`: an id of the wrong length is stored as empty
 * - `invalid-amount`: an amount that is not a decimal with at most 14 digits before and 4 after the point is stored as 0
 * - `span-name-overflow`: a service sends more distinct span names than one block takes; the rest share one name
 */
export const CORRECTION_KINDS = [
  'negative-duration', 'invalid-utf8', 'duplicate-attribute', 'invalid-parent-id', 'invalid-link-id', 'invalid-amount',
  'span-name-overflow',
] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

/** Counts corrections. One instance is shared by everything that writes spans. */
export class Corrections {
  private counts = new Map<CorrectionKind, number>();

  add(kind: CorrectionKind, count = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
  }

  /** The counts since the last call, in the order of {@link CORRECTION_KINDS}. */
  take(): { kind: CorrectionKind; count: number }[] {
    if (this.counts.size === 0) return [];
    const counts = this.counts;
    this.counts = new Map();
    return CORRECTION_KINDS.flatMap((kind) => {
      const count = counts.get(kind);
      return count === undefined ? [] : [{ kind, count }];
    });
  }
}
