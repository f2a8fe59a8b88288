import type { Measure, TimeBuckets } from './measure';
import { bucketName } from './measure-words';

interface Props {
  measures: readonly Measure[];
  buckets: TimeBuckets;
  fillingFrom: number;
  index: number;
}

/** The figures of one bucket, each with how it is drawn: the legend of a chart and its reading in one. */
export function Readout({ measures, buckets: { starts }, fillingFrom, index }: Props) {
  return (
    <span aria-hidden className="flex flex-wrap items-baseline gap-x-4 text-xs tabular-nums">
      <span className="text-muted">{bucketName(starts[index] ?? 0, index, fillingFrom)}</span>
      {measures.map((measure) => (
        <span key={measure.key} className="inline-flex items-baseline gap-1.5">
          <Swatch shape={measure.shape} />
          <span className="text-muted">{measure.name}</span>
          <span className="font-medium">{measure.textOf(index)}</span>
        </span>
      ))}
    </span>
  );
}

function Swatch({ shape }: { shape: Measure['shape'] }) {
  return (
    <svg width="14" height="10" viewBox="0 0 14 10" className="self-center">
      {shape === 'bar' && <rect x="5" y="1" width="4" height="9" className="fill-failing" />}
      {shape === 'area' && <rect x="0.5" y="2.5" width="13" height="8" className="fill-muted/20 stroke-muted" />}
      {shape === 'line' && <line x1="0" x2="14" y1="5" y2="5" strokeWidth="2" className="stroke-ink" />}
      {shape === 'faint' && <line x1="0" x2="14" y1="5" y2="5" strokeWidth="1.25" className="stroke-muted" />}
    </svg>
  );
}
