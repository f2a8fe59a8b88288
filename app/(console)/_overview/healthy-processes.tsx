'use client';

import { ChevronDown, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import type { FlowRow, ProcessGroup } from '@/server/domain/health/flow-view';
import { Sparkline } from '../../_ui/chart/sparkline';
import { formatDuration } from '../../_ui/format/duration';
import { countOf, formatPercent, formatRate } from '../../_ui/format/number';
import { ROW_LINK } from '../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../_ui/live/relative-time';
import { StatusShape } from '../../_ui/status/status-mark';
import { CriticalityTag } from '../../_ui/flow/criticality-tag';

const WITHOUT_PROCESS = 'no-process';

interface Props {
  groups: readonly ProcessGroup[];
  open: readonly string[];
  setOpen: (open: string[]) => void;
  /** While a filter names flows, what it found is shown unfolded. */
  unfoldAll: boolean;
}

/** What is well takes one line per process, and unfolds to one line per flow. */
export function HealthyProcesses({ groups, open, setOpen, unfoldAll }: Props) {
  return (
    <ul className="border-y border-line bg-panel">
      {groups.map((group) => {
        const id = group.process?.id ?? WITHOUT_PROCESS;
        const unfolded = unfoldAll || open.includes(id);
        return (
          <li key={id} className="border-b border-line last:border-b-0">
            <ProcessLine
              group={group}
              unfolded={unfolded}
              onToggle={() => setOpen(unfolded ? open.filter((other) => other !== id) : [...open, id])}
            />
            {unfolded && <HealthyFlows group={group} />}
          </li>
        );
      })}
    </ul>
  );
}

function ProcessLine({ group, unfolded, onToggle }: { group: ProcessGroup; unfolded: boolean; onToggle: () => void }) {
  const Chevron = unfolded ? ChevronDown : ChevronRight;
  return (
    <button
      {...ROW_LINK}
      type="button"
      aria-expanded={unfolded}
      onClick={onToggle}
      className="flex min-h-8 w-full items-center gap-2 px-4 py-1 text-left hover:bg-raised focus-visible:outline-offset-[-2px]"
    >
      <StatusShape status="healthy" />
      <span>
        <span className="font-medium">{processName(group)}</span>: {countOf(group.flows.length, 'flow')} healthy
        {group.messagesPerMinute !== null && `, ${formatRate(group.messagesPerMinute)} msg/min`}
      </span>
      <Chevron size={16} aria-hidden className="ml-auto shrink-0 text-muted" />
    </button>
  );
}

function HealthyFlows({ group }: { group: ProcessGroup }) {
  return (
    <table className="mb-2 w-full">
      <caption className="sr-only">Healthy flows of {processName(group)}</caption>
      <thead className="text-xs text-muted">
        <tr className="*:px-2 *:py-1 *:first:pl-9 *:last:pr-4">
          <th>Flow</th>
          <th className="w-20 text-right">msg/min</th>
          <th className="w-20 text-right max-md:hidden">Errors</th>
          <th className="w-20 text-right max-md:hidden">p95</th>
          <th className="w-24 text-right max-sm:hidden">Last left</th>
          <th className="w-48 max-lg:hidden">60 minutes</th>
        </tr>
      </thead>
      <tbody>
        {group.flows.map((flow) => (
          <HealthyFlow key={flow.id} flow={flow} />
        ))}
      </tbody>
    </table>
  );
}

function HealthyFlow({ flow }: { flow: FlowRow }) {
  return (
    <tr className="relative h-8 tabular-nums focus-within:bg-raised hover:bg-raised *:px-2 *:first:pl-9 *:last:pr-4">
      <td>
        <Link
          {...ROW_LINK}
          href={`/flows/${encodeURIComponent(flow.id)}`}
          className="mr-2 after:absolute after:inset-0 hover:underline"
        >
          {flow.name}
        </Link>
        <CriticalityTag criticality={flow.criticality} />
      </td>
      <td className="text-right">{formatRate(flow.messagesPerMinute)}</td>
      <td className="text-right max-md:hidden">{formatPercent(flow.errorRate)}</td>
      <td className="text-right max-md:hidden">{formatDuration(flow.p95Ms)}</td>
      <td className="text-right max-sm:hidden">
        {flow.lastLeaveAt === null ? 'not seen' : <RelativeTime instant={flow.lastLeaveAt} />}
      </td>
      <td className="max-lg:hidden">
        <Sparkline points={flow.sparkline} height={20} />
      </td>
    </tr>
  );
}

function processName(group: ProcessGroup): string {
  return group.process?.name ?? 'Flows without a process';
}
