import type { SparkPoint } from '@/server/domain/health/flow-view';

export interface SparkBar {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface SparklineShape {
  /** One path per unbroken run of known, complete minutes: a missing minute is a gap, never a zero. */
  lines: string[];
  /** From the last complete minute into the minute that is still filling; drawn dashed. */
  filling: string | null;
  /** Runs of one minute have no length as a line and are drawn as dots. */
  dots: { x: number; y: number }[];
  /** Failed attempts per minute, from the bottom up, on the same scale as what left. */
  failures: SparkBar[];
}

/** Turns sixty minutes of facts into SVG geometry of the given size. Pure, so that gaps and dashes are testable. */
export function sparklineShape(points: readonly SparkPoint[], width: number, height: number): SparklineShape {
  const top = Math.max(1, ...points.map((point) => Math.max(point.leaves ?? 0, point.failedAttempts ?? 0)));
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const y = (value: number) => round(height - 1 - (value / top) * (height - 2));
  const shape: SparklineShape = { lines: [], filling: null, dots: [], failures: [] };

  let run: { x: number; y: number }[] = [];
  const endRun = () => {
    if (run.length === 1) shape.dots.push(run[0]!);
    if (run.length > 1) shape.lines.push(path(run));
    run = [];
  };

  points.forEach((point, index) => {
    const x = round(index * step);
    if (point.failedAttempts !== null && point.failedAttempts > 0) {
      const barTop = y(point.failedAttempts);
      shape.failures.push({ x: round(x - 1), y: barTop, width: 2, height: round(height - barTop) });
    }
    if (point.leaves === null) return endRun();
    if (point.complete) return void run.push({ x, y: y(point.leaves) });
    const before = run.at(-1);
    endRun();
    const here = { x, y: y(point.leaves) };
    if (before === undefined) shape.dots.push(here);
    else shape.filling = path([before, here]);
  });
  endRun();
  return shape;
}

function path(points: readonly { x: number; y: number }[]): string {
  return `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
