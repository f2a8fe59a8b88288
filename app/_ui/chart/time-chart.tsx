'use client';

import { useId } from 'react';
import { placeMarks, type AxisMark } from './axis-marks';
import { useCrosshair } from './crosshair';
import { MarkLayer } from './mark-layer';
import { chartWords } from './measure-words';
import { MeasuresTable } from './measures-table';
import { bucketX, PLOT, plotWidth, readIndex } from './plot-area';
import { PointInTime } from './point-in-time';
import { Readout } from './readout';
import { TimePlot, type PlotProps } from './time-plot';
import { useWidth } from './use-width';

const HEIGHT_PX = 176;

interface Props extends PlotProps {
  title: string;
  /** What is promised, or how it was counted. */
  note?: string;
  marks: readonly AxisMark[];
}

/**
 * Figures over time: a plot with marks where something happened, the figures of the instant that somebody points at (else
 * the newest complete ones) above it, and all of them as a table. Charts below one CrosshairProvider share that instant.
 */
export function TimeChart({ title, note, marks, ...plot }: Props) {
  const { measures, buckets, fillingFrom } = plot;
  const { starts, bucketMs } = buckets;
  const [box, width] = useWidth<HTMLDivElement>();
  const { at } = useCrosshair();
  const id = useId();
  const pointed = at === null ? -1 : starts.indexOf(at);
  const index = readIndex(pointed, fillingFrom);
  const room = plotWidth(width);
  return (
    <figure aria-labelledby={`${id} title`} className="border-b border-line pt-3 last:border-b-0">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 pb-1">
        <span className="flex flex-wrap items-baseline gap-x-3">
          <h3 id={`${id} title`} className="font-medium">
            {title}
          </h3>
          {note !== undefined && <span className="text-xs text-muted">{note}</span>}
        </span>
        <Readout measures={measures} buckets={buckets} fillingFrom={fillingFrom} index={index} />
      </figcaption>
      <p id={`${id} words`} className="sr-only">
        {chartWords(measures, fillingFrom)}
      </p>
      <div ref={box} className="relative" style={{ height: HEIGHT_PX }}>
        {width > 0 && (
          <>
            <div aria-hidden>
              <TimePlot {...plot} width={width} height={HEIGHT_PX} />
            </div>
            <MarkLayer marks={placeMarks(marks, { first: starts[0] ?? 0, last: starts.at(-1) ?? 0, bucketMs, width: room })} />
            {pointed !== -1 && (
              <div
                aria-hidden
                className="pointer-events-none absolute w-px bg-accent"
                style={{ left: PLOT.left + bucketX(pointed, room, starts.length), top: PLOT.top, bottom: PLOT.bottom }}
              />
            )}
            <PointInTime title={title} describedBy={`${id} words`} measures={measures} buckets={buckets} fillingFrom={fillingFrom} index={index} width={room} />
          </>
        )}
      </div>
      <MeasuresTable title={title} measures={measures} buckets={buckets} fillingFrom={fillingFrom} marks={marks} />
    </figure>
  );
}
