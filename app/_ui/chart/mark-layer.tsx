import Link from 'next/link';
import { formatInstant } from '../format/instant';
import type { PlacedMark } from './axis-marks';
import { PLOT } from './plot-area';

/** Lines through the plot where something happened, with their words above it. */
export function MarkLayer({ marks }: { marks: readonly PlacedMark[] }) {
  return (
    <>
      {marks.map((mark, index) => (
        <div
          // Two marks may be of one instant and one word.
          key={`${mark.at} ${mark.word} ${index}`}
          className="pointer-events-none absolute border-l border-dashed border-line-strong"
          style={{ left: PLOT.left + mark.x, top: mark.side === null ? PLOT.top : 0, bottom: PLOT.bottom }}
        >
          {mark.side !== null && <Word mark={mark} side={mark.side} />}
        </div>
      ))}
    </>
  );
}

function Word({ mark: { at, word, href }, side }: { mark: PlacedMark; side: 'left' | 'right' }) {
  const place = `pointer-events-auto absolute top-0 whitespace-nowrap text-xs text-muted ${side === 'right' ? 'left-1' : 'right-1'}`;
  const title = `${word}, ${formatInstant(at)}`;
  if (href === undefined) return <span className={place} title={title}>{word}</span>;
  return (
    <Link href={href} className={`figure-link ${place}`} title={title}>
      {word}
    </Link>
  );
}
