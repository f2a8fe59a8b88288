'use client';

import { memo } from 'react';
import { Area, Bar, CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { formatMinute } from '../format/instant';
import { linePieces, type Measure, type TimeBuckets } from './measure';
import { PLOT, plotWidth } from './plot-area';
import { timeTicks } from './scale';

/** The scale of an axis: where its ticks stand, and how they read. */
export interface Scale {
  ticksTo: (max: number) => number[];
  format: (value: number) => string;
}

export interface PlotProps {
  measures: readonly Measure[];
  buckets: TimeBuckets;
  /** Index of the first bucket that is still filling. */
  fillingFrom: number;
  scale: Scale;
  rightScale?: Scale;
  /** What the contract promises, on the left scale; shown where figures come near it. */
  limit?: number | null;
}

const TICK = { fill: 'var(--text-muted)', fontSize: 12 };
const LABEL_PX = 64;
const STROKE = { line: { stroke: 'var(--text)', strokeWidth: 1.5 }, faint: { stroke: 'var(--text-muted)', strokeWidth: 1.25 }, area: { stroke: 'var(--text-muted)', strokeWidth: 1.25 } } as const;

/** Lines, areas and bars over time. Draws only; knows nothing of who points where. */
export const TimePlot = memo(function TimePlot({ measures, buckets, fillingFrom, scale, rightScale, limit = null, width, height }: PlotProps & { width: number; height: number }) {
  const { starts } = buckets;
  const [first, last] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  const pieces = new Map(measures.map((measure) => [measure.key, linePieces(measure.values, fillingFrom)]));
  const rows = starts.map((at, i) => ({
    at,
    ...Object.fromEntries(measures.flatMap(({ key, shape, values }) =>
      shape === 'bar' ? [[key, values[i] ?? null]] : [[key, pieces.get(key)?.solid[i] ?? null], [`${key} filling`, pieces.get(key)?.filling[i] ?? null]])),
  }));
  const leftTicks = scale.ticksTo(highest(measures.filter(({ onRight }) => !onRight)));
  const rightTicks = rightScale?.ticksTo(highest(measures.filter(({ onRight }) => onRight))) ?? [];
  const barSize = Math.max(1, Math.min(5, Math.floor(plotWidth(width) / Math.max(1, starts.length)) - 1));
  return (
    <ComposedChart width={width} height={height} data={rows} margin={{ top: PLOT.top, right: rightScale === undefined ? PLOT.right : 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
      <CartesianGrid vertical={false} yAxisId="left" stroke="var(--line)" />
      <XAxis
        dataKey="at"
        type="number"
        scale="time"
        domain={[first, last]}
        ticks={timeTicks(first, last, Math.floor(plotWidth(width) / LABEL_PX), -new Date(last).getTimezoneOffset() * 60_000)}
        interval={0}
        tickFormatter={(at: number) => formatMinute(at)}
        height={PLOT.bottom}
        tick={TICK}
        stroke="var(--line-strong)"
      />
      <YAxis yAxisId="left" width={PLOT.left} domain={[0, leftTicks.at(-1) ?? 1]} ticks={leftTicks} interval={0} tick={TICK} tickFormatter={scale.format} stroke="none" />
      {rightScale !== undefined && (
        <YAxis yAxisId="right" orientation="right" width={PLOT.right} domain={[0, rightTicks.at(-1) ?? 1]} ticks={rightTicks} interval={0} tick={TICK} tickFormatter={rightScale.format} stroke="none" />
      )}
      {measures.map((measure) => drawn(measure, pieces.get(measure.key)?.lonely ?? new Set(), barSize))}
      {limit !== null && <ReferenceLine yAxisId="left" y={limit} ifOverflow="hidden" stroke="var(--degraded)" strokeDasharray="6 3" />}
    </ComposedChart>
  );
});

function drawn({ key, shape, onRight }: Measure, lonely: ReadonlySet<number>, barSize: number) {
  const yAxisId = onRight ? 'right' : 'left';
  if (shape === 'bar') return <Bar key={key} dataKey={key} yAxisId={yAxisId} fill="var(--failing)" barSize={barSize} isAnimationActive={false} />;
  const common = { yAxisId, type: 'linear' as const, isAnimationActive: false, activeDot: false, ...STROKE[shape] };
  const dashed = { ...common, strokeDasharray: '3 3', dot: dotsAt(lonely, 'var(--surface-panel)') };
  if (shape === 'area') {
    const fill = { fill: 'var(--text-muted)', fillOpacity: 0.15 };
    return [
      <Area key={key} dataKey={key} {...common} {...fill} dot={dotsAt(lonely, common.stroke)} />,
      <Area key={`${key} filling`} dataKey={`${key} filling`} {...dashed} {...fill} />,
    ];
  }
  return [
    <Line key={key} dataKey={key} {...common} dot={dotsAt(lonely, common.stroke)} />,
    <Line key={`${key} filling`} dataKey={`${key} filling`} {...dashed} />,
  ];
}

/** Dots only where a line would have no length. */
function dotsAt(lonely: ReadonlySet<number>, fill: string) {
  return function Dot({ cx, cy, index, value, stroke }: { cx?: number; cy?: number; index?: number; value?: unknown; stroke?: string }) {
    if (index === undefined || !lonely.has(index) || cx === undefined || cy === undefined || value === null || value === undefined) return <g key={index} />;
    return <circle key={index} cx={cx} cy={cy} r={2} fill={fill} stroke={stroke} />;
  };
}

function highest(measures: readonly Measure[]): number {
  return Math.max(0, ...measures.flatMap(({ values }) => values.filter((value) => value !== null)));
}
