/** Where the plot lies in its box, in pixels: the same in all charts of a page, with or without a scale on the right, so that one instant stands in one place. */
export const PLOT = { left: 52, right: 44, top: 20, bottom: 24 } as const;

export function plotWidth(boxWidth: number): number {
  return Math.max(0, boxWidth - PLOT.left - PLOT.right);
}

/** The bucket nearest to a distance from the left edge of the plot. */
export function bucketAt(x: number, width: number, count: number): number {
  if (count < 2 || width <= 0) return 0;
  return Math.min(count - 1, Math.max(0, Math.round((x / width) * (count - 1))));
}

/** Distance of a bucket from the left edge of the plot. */
export function bucketX(index: number, width: number, count: number): number {
  return count < 2 ? 0 : (index / (count - 1)) * width;
}

/** The bucket that is read: the one that is pointed at (-1 for none), else the newest complete one, because counts of one that is still filling look like a fall. */
export function readIndex(pointed: number, fillingFrom: number): number {
  return pointed === -1 ? Math.max(0, fillingFrom - 1) : pointed;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };

/** Where a key leads from a bucket, as on a slider; null for a key that leads nowhere. */
export function bucketAfterKey(key: string, index: number, count: number): number | null {
  const step = STEPS[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, index + step));
}
