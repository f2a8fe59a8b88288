'use client';

import { useQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import type { HopFigures } from '@/server/domain/health/flow-view';
import { useTRPC } from '../../../../../_api/trpc';
import type { AxisMark } from '../../../../../_ui/chart/axis-marks';
import { formatClock } from '../../../../../_ui/format/instant';
import { useRefreshInterval } from '../../../../../_ui/live/refresh';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { Notice } from '../../../../../_ui/states/notice';
import { RefreshingBar } from '../../../../../_ui/states/refreshing-bar';
import { flowParams } from '../search-params';
import { ChartGroup } from './chart-group';
import { ChartsSkeleton } from './charts-skeleton';

/** A day changes too little in five seconds to ask for it that often. */
const SLOWER = { '1h': 1, '6h': 3, '24h': 6 } as const;

interface Props {
  flowId: string;
  hop: HopFigures;
  /** What the contract promises of p95; null where it promises nothing. */
  latencyLimitMs: number | null;
  /** What happened to the flow: changes of its status, operations, incidents. */
  marks: readonly AxisMark[];
}

/** Throughput, latency and backlog of one hop, as far back as the address says. */
export function HopCharts({ flowId, hop, latencyLimitMs, marks }: Props) {
  const [range] = useQueryState('range', flowParams.range);
  const interval = useRefreshInterval();
  const series = useQuery({
    ...useTRPC().flows.hopSeries.queryOptions({ flowId, hopId: hop.hopId, range }),
    refetchInterval: interval === false ? false : interval * SLOWER[range],
    // Of the same hop the charts stay until those of another range are there; of another hop they would be false.
    placeholderData: (before) => (before?.hopId === hop.hopId && before.flowId === flowId ? before : undefined),
  });
  if (series.data === undefined) {
    return series.isError ? (
      <div className="px-4">
        <FailureState error={series.error} what="charts of this hop" onRetry={() => void series.refetch()} />
      </div>
    ) : (
      <ChartsSkeleton />
    );
  }
  return (
    <>
      <RefreshingBar active={series.isPlaceholderData} />
      {series.isError && (
        <div className="p-4">
          <Notice severity="warning" text={`These charts are from ${formatClock(series.data.asOf)}: their facts could not be read since.`} action="Signalbox keeps trying." />
        </div>
      )}
      <ChartGroup series={series.data} hop={hop} latencyLimitMs={latencyLimitMs} marks={marks} />
    </>
  );
}
