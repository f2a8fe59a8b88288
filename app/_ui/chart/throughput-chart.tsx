'use client';

import { Bar, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { SparkPoint } from '@/server/domain/health/flow-view';
import { formatMinute } from '../format/instant';
import { formatCount, NOT_KNOWN } from '../format/number';
import { axisMarks, type AxisMark } from './axis-marks';
import { sparklineWords } from './sparkline-words';
import { throughputSeries, type ThroughputPoint } from './throughput-series';

const TICK = { fill: 'var(--text-muted)', fontSize: 12 };

/** Sixty minutes: what left as a line, failed attempts as bars, status changes as marks on the time axis. */
export function ThroughputChart({ points, marks }: { points: readonly SparkPoint[]; marks: readonly AxisMark[] }) {
  const series = throughputSeries(points);
  const [first, last] = [series[0]?.at ?? 0, series.at(-1)?.at ?? 0];
  return (
    <div role="img" aria-label={sparklineWords(points)} className="h-56 w-full">
      <ResponsiveContainer>
        <ComposedChart data={series} margin={{ top: 20, right: 40, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={(at: number) => formatMinute(at)}
            minTickGap={48}
            tick={TICK}
            stroke="var(--line-strong)"
          />
          <YAxis allowDecimals={false} width={48} tick={TICK} tickFormatter={(value: number) => formatCount(value)} stroke="none" />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ payload }) => <MinuteFigures point={payload?.[0]?.payload as ThroughputPoint | undefined} />}
          />
          {axisMarks(marks, first, last).map(({ at, word }) => (
            <ReferenceLine
              key={at}
              x={at}
              stroke="var(--text-muted)"
              strokeDasharray="3 3"
              label={{ value: word, position: 'top', fill: 'var(--text-muted)', fontSize: 12 }}
            />
          ))}
          <Bar dataKey="failed" fill="var(--failing)" barSize={4} isAnimationActive={false} />
          <Line dataKey="left" type="linear" dot={false} stroke="var(--text)" strokeWidth={1.5} isAnimationActive={false} />
          <Line
            dataKey="filling"
            type="linear"
            dot={false}
            stroke="var(--text)"
            strokeWidth={1.5}
            strokeDasharray="3 3"
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

function MinuteFigures({ point }: { point: ThroughputPoint | undefined }) {
  if (point === undefined) return null;
  const left = point.left ?? point.filling;
  return (
    <div className="rounded-sm border border-line-strong bg-panel px-2 py-1 tabular-nums">
      <div className="text-muted">
        {formatMinute(point.at)}
        {point.left === null && point.filling !== null && ', still filling'}
      </div>
      <div>{left === null ? 'no facts' : `${formatCount(left)} left`}</div>
      <div>{point.failed === null ? NOT_KNOWN : formatCount(point.failed)} failed attempts</div>
    </div>
  );
}
