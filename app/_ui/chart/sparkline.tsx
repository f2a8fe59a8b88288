import type { SparkPoint } from '@/server/domain/health/flow-view';
import { sparklineShape } from './sparkline-shape';
import { sparklineWords } from './sparkline-words';

const WIDTH = 180;

/** Sixty minutes of throughput as a line, failed attempts as bars. Gaps stay gaps; the filling minute is dashed. */
export function Sparkline({ points, height = 28 }: { points: readonly SparkPoint[]; height?: number }) {
  const shape = sparklineShape(points, WIDTH, height);
  return (
    <svg
      role="img"
      aria-label={sparklineWords(points)}
      viewBox={`-2 0 ${WIDTH + 4} ${height}`}
      preserveAspectRatio="none"
      className="block w-full"
      style={{ height }}
    >
      <line x1="0" x2={WIDTH} y1={height - 0.5} y2={height - 0.5} className="stroke-line" vectorEffect="non-scaling-stroke" />
      {shape.failures.map((bar) => (
        <rect key={bar.x} {...bar} className="fill-failing" />
      ))}
      <g fill="none" className="stroke-muted" strokeWidth="1.5" strokeLinejoin="round">
        {shape.lines.map((line) => (
          <path key={line} d={line} vectorEffect="non-scaling-stroke" />
        ))}
        {shape.filling !== null && (
          <path d={shape.filling} strokeDasharray="2 2" vectorEffect="non-scaling-stroke" />
        )}
      </g>
      {shape.dots.map((dot) => (
        <circle key={dot.x} cx={dot.x} cy={dot.y} r="1.5" className="fill-muted" />
      ))}
    </svg>
  );
}
