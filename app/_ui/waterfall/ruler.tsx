import { formatNanoseconds } from '../format/duration';

const MARKS = [0, 0.25, 0.5, 0.75, 1];

/** The time axis above the bars. */
export function Ruler({ extent }: { extent: number }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-panel">
      <div role="row" className="waterfall-columns h-7 text-xs text-muted">
        <span role="columnheader" className="flex items-center pl-4">
          Span
        </span>
        <span role="columnheader" aria-label="Time" className="relative mr-4">
          {MARKS.map((mark) => (
            <span
              key={mark}
              className={`absolute top-1.5 whitespace-nowrap tabular-nums ${mark === 1 ? '-translate-x-full' : mark === 0 ? '' : '-translate-x-1/2'} ${
                mark % 0.5 === 0 ? '' : 'max-md:hidden'
              }`}
              style={{ left: `${mark * 100}%` }}
            >
              {mark === 0 ? '0' : formatNanoseconds(Math.round(mark * extent))}
            </span>
          ))}
        </span>
      </div>
    </div>
  );
}
