/** Something that happened at an instant, to be drawn as a mark on a time axis. */
export interface AxisMark {
  at: string;
  word: string;
}

/** A word takes about a tenth of the axis. */
const WORD_SHARE = 0.1;

/**
 * The marks within an axis from `first` to `last` (epoch milliseconds), oldest first. Where marks stand too close for
 * their words, only the newest of them keeps its word; every mark keeps its line.
 */
export function axisMarks(marks: readonly AxisMark[], first: number, last: number): { at: number; word: string }[] {
  const room = (last - first) * WORD_SHARE;
  const placed = marks
    .map(({ at, word }) => ({ at: Date.parse(at), word }))
    .filter(({ at }) => at >= first && at <= last)
    .toSorted((a, b) => b.at - a.at);
  let worded = Number.POSITIVE_INFINITY;
  return placed
    .map((mark) => {
      if (worded - mark.at < room) return { ...mark, word: '' };
      worded = mark.at;
      return mark;
    })
    .toReversed();
}
