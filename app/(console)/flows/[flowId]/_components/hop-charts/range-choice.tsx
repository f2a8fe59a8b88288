'use client';

import { useQueryState } from 'nuqs';
import { SERIES_RANGES, type SeriesRange } from '@/server/domain/health/series/hop-series';
import { flowParams } from '../search-params';

const SHORT: Record<SeriesRange, string> = { '1h': '1 h', '6h': '6 h', '24h': '24 h' };

/** How far back from now the charts reach. The address says "6 h", not from when to when, so that a shared link stays live. */
export function RangeChoice() {
  const [chosen, choose] = useQueryState('range', flowParams.range);
  return (
    <span role="group" aria-label="How far back from now" className="inline-flex rounded-sm border border-line-strong">
      {SERIES_RANGES.map((range) => (
        <button
          key={range}
          type="button"
          aria-pressed={range === chosen}
          onClick={() => void choose(range)}
          className={`h-7 border-r border-line-strong px-3 text-xs tabular-nums last:border-r-0 ${range === chosen ? 'bg-accent font-medium text-accent-ink' : 'hover:bg-raised'}`}
        >
          {SHORT[range]}
        </button>
      ))}
    </span>
  );
}
