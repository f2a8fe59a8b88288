/** Something that happened at an instant, to be drawn as a line with a word on the time axis. */
export interface AxisMark {
  at: string;
  word: string;
  /** Where to read more about it. */
  href?: string;
}

export interface PlacedMark extends AxisMark {
  /** Distance from the left edge of the plot in pixels. */
  x: number;
  /** On which side of its line the word has room; null where marks stand too close for it. */
  side: 'left' | 'right' | null;
}

/** A character of the small text takes about this much, and a word some space around it. */
const CHARACTER_PX = 6.5;
const SPACE_PX = 10;

interface Axis {
  /** Start of the first bucket and of the last one. */
  first: number;
  last: number;
  bucketMs: number;
  /** Of the plot, in pixels. */
  width: number;
}

/**
 * The marks within an axis, oldest first. What happened within the last bucket stands at its start. Where marks stand too
 * close for their words, the newer one keeps its word; every mark keeps its line.
 */
export function placeMarks(marks: readonly AxisMark[], { first, last, bucketMs, width }: Axis): PlacedMark[] {
  const within = marks.filter(({ at }) => Date.parse(at) >= first && Date.parse(at) < last + bucketMs).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const xOf = (at: string) => (last > first ? ((Math.min(last, Date.parse(at)) - first) / (last - first)) * width : width);
  /** Up to where there is room for a word; beyond the edge there is none, so that the newest may write to the left. */
  let freeUntil = width;
  return within
    .map((mark): PlacedMark => {
      const x = xOf(mark.at);
      const room = mark.word.length * CHARACTER_PX + SPACE_PX;
      const side = x + room <= freeUntil ? 'right' : freeUntil === width && x - room >= 0 ? 'left' : null;
      if (side !== null) freeUntil = side === 'right' ? x : x - room;
      return { ...mark, x, side };
    })
    .toReversed();
}

/** What happened within a bucket, in words. */
export function wordsWithin(marks: readonly AxisMark[], start: number, bucketMs: number): string {
  return marks
    .filter(({ at }) => Date.parse(at) >= start && Date.parse(at) < start + bucketMs)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map(({ word }) => word)
    .join(', ');
}
