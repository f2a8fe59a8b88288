'use client';

import { useMemo } from 'react';
import type { HopFigures } from '@/server/domain/health/flow-view';
import type { HopSeries } from '@/server/domain/health/series/hop-series';
import type { AxisMark } from '../../../../../_ui/chart/axis-marks';
import { CrosshairProvider } from '../../../../../_ui/chart/crosshair';
import { countTicks, durationTicks } from '../../../../../_ui/chart/scale';
import { TimeChart } from '../../../../../_ui/chart/time-chart';
import type { Scale } from '../../../../../_ui/chart/time-plot';
import { formatDuration } from '../../../../../_ui/format/duration';
import { formatCount } from '../../../../../_ui/format/number';
import { hopCharts, type ChartFacts } from './hop-measures';
import { noBacklog, noLatency, noThroughput, type NoFacts } from './no-facts';

const COUNTS: Scale = { ticksTo: countTicks, format: formatCount };
const DURATIONS: Scale = { ticksTo: durationTicks, format: (ms) => (ms === 0 ? '0' : formatDuration(ms)) };

interface Props {
  series: HopSeries;
  hop: HopFigures;
  latencyLimitMs: number | null;
  marks: readonly AxisMark[];
}

/** The charts of a hop under one crosshair, each with the same marks; where one has nothing to draw, it says why. */
export function ChartGroup({ series, hop, latencyLimitMs, marks }: Props) {
  const charts = useMemo(() => hopCharts(series), [series]);
  const common = { buckets: charts.buckets, marks };
  const per = series.bucketMs === 60_000 ? 'minute' : `${series.bucketMs / 60_000} minutes`;
  return (
    <CrosshairProvider>
      <Charted title="Throughput and errors" facts={charts.throughput} none={noThroughput(series.range)}>
        <TimeChart
          {...common}
          {...drawn(charts.throughput)}
          title="Throughput and errors"
          note={series.countedBy === 'source' ? 'messages per minute, counted by the source' : 'messages per minute, by their traces'}
          scale={COUNTS}
        />
      </Charted>
      <Charted title="Latency" facts={charts.latency} none={noLatency(series.range)}>
        <TimeChart
          {...common}
          {...drawn(charts.latency)}
          title="Latency"
          note={latencyLimitMs === null ? 'from entry to leaving' : `from entry to leaving; contract: p95 within ${formatDuration(latencyLimitMs)}`}
          scale={DURATIONS}
          limit={latencyLimitMs}
        />
      </Charted>
      <Charted title="Backlog" facts={charts.backlog} none={noBacklog(hop, series.range)}>
        <TimeChart {...common} {...drawn(charts.backlog)} title="Backlog" note={`the most and the oldest that waited in each ${per}`} scale={COUNTS} rightScale={DURATIONS} />
      </Charted>
    </CrosshairProvider>
  );
}

function drawn({ measures, fillingFrom }: ChartFacts) {
  return { measures, fillingFrom };
}

function Charted({ title, facts, none, children }: { title: string; facts: ChartFacts; none: NoFacts; children: React.ReactNode }) {
  if (facts.isKnown) return children;
  return (
    <div className="border-b border-line px-4 py-3 last:border-b-0">
      <h3 className="font-medium">{title}</h3>
      <p className="mt-1 max-w-prose">
        {none.title}. <span className="text-muted">{none.advice}</span>
      </p>
    </div>
  );
}
