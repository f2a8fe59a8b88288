'use client';

import { Search, X } from 'lucide-react';
import { CRITICALITIES, STATUSES, type Criticality, type Overview, type Status } from '@/server/domain/health/flow-view';
import { PAGE_SEARCH } from '../../_ui/keyboard/row-keys';
import { StatusShape } from '../../_ui/status/status-mark';
import { STATUS_WORD } from '../../_ui/status/status-words';
import { isFiltering, processesOf, type FlowFilter } from './flow-filter';

interface Props {
  overview: Overview;
  filter: FlowFilter;
  setFilter: (change: Partial<FlowFilterValues> | null) => void;
}

interface FlowFilterValues {
  status: Status[];
  criticality: Criticality[];
  process: string | null;
  q: string;
}

/** How many flows are in each status, zeros included, and what of them is shown. */
export function FilterBar({ overview, filter, setFilter }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div role="group" aria-label="Status" className="-ml-2 flex flex-wrap gap-1">
        {STATUSES.map((status) => (
          <Toggle
            key={status}
            on={filter.status.includes(status)}
            onToggle={() => setFilter({ status: toggled(filter.status, status) })}
          >
            <StatusShape status={status} />
            {STATUS_WORD[status]}
            <span className={overview.counts[status] === 0 ? 'text-muted' : 'font-medium'}>{overview.counts[status]}</span>
          </Toggle>
        ))}
      </div>
      <div role="group" aria-label="Criticality" className="flex gap-1">
        {CRITICALITIES.map((criticality) => (
          <Toggle
            key={criticality}
            on={filter.criticality.includes(criticality)}
            onToggle={() => setFilter({ criticality: toggled(filter.criticality, criticality) })}
          >
            {criticality}
          </Toggle>
        ))}
      </div>
      <select
        aria-label="Process"
        className="field max-w-56"
        value={filter.process ?? ''}
        onChange={(event) => setFilter({ process: event.target.value === '' ? null : event.target.value })}
      >
        <option value="">All processes</option>
        {processesOf(overview).map((process) => (
          <option key={process.id} value={process.id}>
            {process.name}
          </option>
        ))}
      </select>
      <label className="relative min-w-40 flex-1 sm:max-w-64">
        <Search size={14} aria-hidden className="absolute top-2.25 left-2 text-muted" />
        <input
          {...PAGE_SEARCH}
          type="search"
          aria-label="Search flows"
          placeholder="Name, owner or reason"
          className="field w-full pl-7 placeholder:text-muted"
          value={filter.q}
          onChange={(event) => setFilter({ q: event.target.value })}
        />
      </label>
      {isFiltering(filter) && (
        <button type="button" className="button text-muted" onClick={() => setFilter(null)}>
          <X size={14} aria-hidden />
          Clear filter
        </button>
      )}
    </div>
  );
}

function Toggle({ on, onToggle, children }: { on: boolean; onToggle: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onToggle}
      className={`inline-flex h-8 items-center gap-1.5 rounded-sm border px-2 ${
        on ? 'border-accent bg-raised' : 'border-transparent hover:bg-raised'
      }`}
    >
      {children}
    </button>
  );
}

function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}
