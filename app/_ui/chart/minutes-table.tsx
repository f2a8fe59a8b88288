'use client';

import type { SparkPoint } from '@/server/domain/health/flow-view';
import { DataTable } from '../data-table';
import { formatMinute } from '../format/instant';
import { formatCount } from '../format/number';

/** The figures behind a chart, newest first, for those who would rather read them. */
export function MinutesTable({ points }: { points: readonly SparkPoint[] }) {
  return (
    <details className="px-4">
      <summary className="inline-flex min-h-8 items-center text-muted hover:text-ink">Show as a table</summary>
      <div className="max-h-80 max-w-xl overflow-y-auto">
        <DataTable
          caption="Messages per minute"
          rows={points.toReversed()}
          rowKey={(point) => point.minute}
          columns={[
            { header: 'Minute', cell: (point) => `${formatMinute(point.minute)}${point.complete ? '' : ' (still filling)'}` },
            { header: 'Left', numeric: true, cell: (point) => formatCount(point.leaves) },
            { header: 'Failed attempts', numeric: true, cell: (point) => formatCount(point.failedAttempts) },
          ]}
        />
      </div>
    </details>
  );
}
