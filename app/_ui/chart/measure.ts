/** One figure over time: drawn in a chart, read out at a point in time, listed in the table beside it. */
export interface Measure {
  /** Unique within its chart. */
  key: string;
  name: string;
  /** `faint`: a line that stands behind another one. */
  shape: 'line' | 'faint' | 'bar' | 'area';
  /** Has the scale on the right, because it is not measured in what the others are. */
  onRight?: boolean;
  /** One per bucket; null is a gap. */
  values: readonly (number | null)[];
  /** The figure of a bucket in words, with its unit. */
  textOf: (index: number) => string;
}

/** Buckets of one length in a row, as all charts of a page share them. */
export interface TimeBuckets {
  /** Starts, ascending, in epoch milliseconds. */
  starts: readonly number[];
  bucketMs: number;
}

/** What of a line is drawn how. */
export interface LinePieces {
  solid: (number | null)[];
  /** From the last complete bucket into those that are still filling; drawn dashed. */
  filling: (number | null)[];
  /** Buckets with a gap on either side: a line has no length there, so they are drawn as dots. */
  lonely: ReadonlySet<number>;
}

/** @param fillingFrom index of the first bucket that is still filling */
export function linePieces(values: readonly (number | null)[], fillingFrom: number): LinePieces {
  const isKnown = (index: number) => values[index] !== undefined && values[index] !== null;
  return {
    solid: values.map((value, index) => (index < fillingFrom ? value : null)),
    filling: values.map((value, index) => (index >= fillingFrom - 1 ? value : null)),
    lonely: new Set(values.flatMap((_, index) => (isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1) ? [index] : []))),
  };
}
