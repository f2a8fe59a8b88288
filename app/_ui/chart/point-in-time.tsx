'use client';

import { useCrosshair } from './crosshair';
import type { Measure, TimeBuckets } from './measure';
import { bucketWords } from './measure-words';
import { bucketAfterKey, bucketAt, PLOT } from './plot-area';

interface Props {
  title: string;
  describedBy: string;
  measures: readonly Measure[];
  buckets: TimeBuckets;
  fillingFrom: number;
  /** Of the bucket that is read. */
  index: number;
  /** Of the plot, in pixels. */
  width: number;
}

/** The part of a chart that one points into: with a mouse or finger, or as a slider with the keyboard, which is read out. */
export function PointInTime({ title, describedBy, measures, buckets, fillingFrom, index, width }: Props) {
  const { pointAt } = useCrosshair();
  const { starts } = buckets;

  const onPointer = (event: React.PointerEvent<HTMLElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    pointAt(starts[bucketAt(x, width, starts.length)] ?? null);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const next = event.key === 'Escape' ? null : bucketAfterKey(event.key, index, starts.length);
    if (next === null && event.key !== 'Escape') return;
    event.preventDefault();
    pointAt(next === null ? null : (starts[next] ?? null));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`${title}: point in time`}
      aria-describedby={describedBy}
      aria-valuemin={0}
      aria-valuemax={starts.length - 1}
      aria-valuenow={index}
      aria-valuetext={bucketWords(measures, buckets, index, fillingFrom)}
      className="absolute touch-pan-y"
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: PLOT.bottom }}
      onPointerMove={onPointer}
      onPointerDown={onPointer}
      // A finger that is lifted leaves too, and what it pointed at is still to be read.
      onPointerLeave={(event) => event.pointerType === 'mouse' && pointAt(null)}
      onBlur={() => pointAt(null)}
      onKeyDown={onKeyDown}
    />
  );
}
