import Link from 'next/link';
import type { FlowRow } from '@/server/domain/health/flow-view';
import type { HoldView } from '@/server/services/operations/operation-view';
import { Sparkline } from '../../_ui/chart/sparkline';
import { formatAge, formatDuration } from '../../_ui/format/duration';
import { formatCount, formatPercent, formatRate, NOT_KNOWN } from '../../_ui/format/number';
import { ROW_LINK } from '../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../_ui/live/relative-time';
import { StatusMark } from '../../_ui/status/status-mark';
import { CriticalityTag } from '../../_ui/flow/criticality-tag';
import { Elapsed } from '../../_ui/live/elapsed';
import { HoldLines } from './hold-lines';

/** One wide row per unhealthy flow, in the order of the server: criticality, then status, then since when. */
export function TroubleTable({ flows, holds }: { flows: readonly FlowRow[]; holds: ReadonlyMap<string, HoldView[]> }) {
  return (
    <table role="table" className="block w-full border-y border-line bg-panel xl:table">
      <caption className="sr-only">Flows that are not healthy, the most urgent first</caption>
      <thead role="rowgroup" className="text-xs text-muted max-xl:sr-only">
        <tr role="row" className="border-b border-line *:px-2 *:py-1.5 *:first:pl-4 *:last:pr-4">
          <th role="columnheader" className="w-40">Status</th>
          <th role="columnheader">Flow and reason</th>
          <th role="columnheader" className="w-24 text-right">Waiting</th>
          <th role="columnheader" className="w-20 text-right">msg/min</th>
          <th role="columnheader" className="w-20 text-right">Errors</th>
          <th role="columnheader" className="w-20 text-right">p95</th>
          <th role="columnheader" className="w-24 text-right">Last left</th>
          <th role="columnheader" className="w-40">Owner, on call</th>
          <th role="columnheader" className="w-48">60 minutes</th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-xl:block">
        {flows.map((flow) => (
          <TroubleRow key={flow.id} flow={flow} holds={holds.get(flow.id)} />
        ))}
      </tbody>
    </table>
  );
}

function TroubleRow({ flow, holds }: { flow: FlowRow; holds: HoldView[] | undefined }) {
  return (
    <tr
      role="row"
      className="relative border-b border-line align-top last:border-b-0 focus-within:bg-raised hover:bg-raised max-xl:grid max-xl:grid-cols-3 max-xl:sm:grid-cols-5 max-xl:gap-x-2 max-xl:gap-y-2 max-xl:px-4 max-xl:py-3 xl:*:px-2 xl:*:py-3 xl:*:first:pl-4 xl:*:last:pr-4"
    >
      <td role="cell" className="max-xl:col-span-full max-xl:flex max-xl:flex-wrap max-xl:gap-x-3">
        <StatusMark status={flow.health.status} phase={flow.health.phase} />
        <div className="text-muted xl:mt-0.5">
          for <Elapsed since={flow.health.since} />
        </div>
      </td>
      <td role="cell" className="max-xl:col-span-full">
        <div className="flex items-baseline gap-2">
          <Link
            {...ROW_LINK}
            href={`/flows/${encodeURIComponent(flow.id)}`}
            className="text-base font-medium after:absolute after:inset-0 hover:underline"
          >
            {flow.name}
          </Link>
          <CriticalityTag criticality={flow.criticality} />
        </div>
        <p>{flow.health.reason}</p>
        {flow.scope !== null && <p className="text-muted">{flow.scope.text}</p>}
        <HoldLines holds={holds} />
      </td>
      <Figure label="Waiting">
        <Waiting backlog={flow.backlog} />
      </Figure>
      <Figure label="msg/min">{formatRate(flow.messagesPerMinute)}</Figure>
      <Figure label="Errors">{formatPercent(flow.errorRate)}</Figure>
      <Figure label="p95">{formatDuration(flow.p95Ms)}</Figure>
      <Figure label="Last left">{flow.lastLeaveAt === null ? 'not seen' : <RelativeTime instant={flow.lastLeaveAt} />}</Figure>
      <td role="cell" className="max-xl:col-span-full max-xl:flex max-xl:flex-wrap max-xl:gap-x-2">
        <Owner owner={flow.owner} />
      </td>
      <td role="cell" className="max-xl:col-span-full">
        <Sparkline points={flow.sparkline} height={40} />
      </td>
    </tr>
  );
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <td role="cell" className="tabular-nums whitespace-nowrap xl:text-right">
      <span className="block text-xs text-muted xl:hidden">{label}</span>
      {children}
    </td>
  );
}

function Waiting({ backlog }: { backlog: FlowRow['backlog'] }) {
  if (backlog === null) return NOT_KNOWN;
  return (
    <>
      {formatCount(backlog.waiting)}
      {backlog.oldestAgeMs !== null && (
        <span className="block text-muted">
          oldest {backlog.ageIsLowerBound ? '≥ ' : ''}
          {formatAge(backlog.oldestAgeMs)}
        </span>
      )}
    </>
  );
}

function Owner({ owner }: { owner: FlowRow['owner'] }) {
  const team = owner.technical ?? owner.business;
  return (
    <>
      <span className="block break-words">{team ?? 'No owner in the contract'}</span>
      {owner.oncall !== null && <span className="block break-words text-muted">{owner.oncall}</span>}
    </>
  );
}
