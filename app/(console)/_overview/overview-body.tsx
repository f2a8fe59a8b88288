'use client';

import { useQueryStates } from 'nuqs';
import type { Overview } from '@/server/domain/health/flow-view';
import { LiveFacts } from '../../_ui/live/live-facts';
import { EmptyState } from '../../_ui/states/empty-state';
import { Notice } from '../../_ui/states/notice';
import { DataAge } from './data-age';
import { feedTimes } from './feed-times';
import { FilterBar } from './filter-bar';
import { filterOverview, isFiltering } from './flow-filter';
import { HealthyProcesses } from './healthy-processes';
import { InProgress } from './in-progress';
import { NothingConnected } from './nothing-connected';
import { overviewParams } from './search-params';
import { StateSentence } from './state-sentence';
import { TroubleTable } from './trouble-table';
import { useHolds } from './use-holds';

export function OverviewBody({ overview, answeredAt }: { overview: Overview; answeredAt: number }) {
  const [params, setParams] = useQueryStates(overviewParams);
  const holds = useHolds();
  const shown = filterOverview(overview, params);
  const filtering = isFiltering(params);
  const connected = overview.trouble.length + overview.healthy.length > 0;

  return (
    <LiveFacts times={feedTimes(overview, answeredAt)}>
      <div className="space-y-4 pt-4">
        <div className="space-y-3 px-4">
          {overview.notices.map((notice) => (
            <Notice key={notice.text} {...notice} />
          ))}
          {connected && (
            <>
              <div className="flex flex-wrap items-baseline justify-between gap-x-6">
                <h1 className="text-xl font-semibold">
                  <StateSentence counts={overview.counts} holds={holds} />
                </h1>
                <DataAge completeThrough={overview.completeThrough} />
              </div>
              <FilterBar
                overview={overview}
                filter={params}
                setFilter={(change) => void setParams(change ?? { status: null, criticality: null, process: null, q: null })}
              />
            </>
          )}
        </div>
        {!connected && <NothingConnected />}
        {shown.trouble.length > 0 && <TroubleTable flows={shown.trouble} holds={holds} />}
        <InProgress holds={holds} />
        {shown.healthy.length > 0 && (
          <HealthyProcesses
            groups={shown.healthy}
            open={params.open}
            setOpen={(open) => void setParams({ open })}
            unfoldAll={filtering}
          />
        )}
        {connected && shown.trouble.length + shown.healthy.length === 0 && (
          <div className="px-4">
            <EmptyState title="No flow matches the filter">
              <p>There are flows, but none with this status, criticality, process and text together.</p>
              <button type="button" className="button text-ink" onClick={() => void setParams({ status: null, criticality: null, process: null, q: null })}>
                Clear filter
              </button>
            </EmptyState>
          </div>
        )}
      </div>
    </LiveFacts>
  );
}
