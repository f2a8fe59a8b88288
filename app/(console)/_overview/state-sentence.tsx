import Link from 'next/link';
import { STATUSES, type Status } from '@/server/domain/health/flow-view';
import type { HoldView } from '@/server/services/operations/operation-view';
import { countOf, formatCount } from '../../_ui/format/number';
import { STATUS_TONE } from '../../_ui/status/status-words';

/** The whole overview in one sentence; every number leads to the flows it counts. */
export function StateSentence({ counts, holds, links = true }: { counts: Record<Status, number>; holds: ReadonlyMap<string, HoldView[]>; links?: boolean }) {
  const total = STATUSES.reduce((sum, status) => sum + counts[status], 0);
  const troubled = STATUSES.filter((status) => status !== 'healthy' && counts[status] > 0);
  // A flow that is rerouted may well be healthy: it is said all the same.
  const rerouted = [...holds.values()].filter((ofFlow) => ofFlow.some(({ kind }) => kind === 'reroute')).length;
  const alsoRerouted = rerouted === 0 ? null : <span className={STATUS_TONE.held}>, {formatCount(rerouted)} rerouted</span>;
  if (troubled.length === 0) {
    return (
      <>
        {total === 1 ? 'The one flow is healthy' : `All ${formatCount(total)} flows are healthy`}
        {alsoRerouted}.
      </>
    );
  }
  return (
    <>
      {troubled.map((status, index) => (
        <span key={status}>
          {index > 0 && ', '}
          <Figure status={status} links={links}>
            {index === 0 ? countOf(counts[status], 'flow') : formatCount(counts[status])} {status}
          </Figure>
        </span>
      ))}
      {alsoRerouted}
      <span className="text-muted">
        {'; '}
        {formatCount(counts.healthy)} of {formatCount(total)} healthy.
      </span>
    </>
  );
}

function Figure({ status, links, children }: { status: Status; links: boolean; children: React.ReactNode }) {
  if (!links) return <span className={STATUS_TONE[status]}>{children}</span>;
  return (
    <Link href={`/?status=${status}`} className={`figure-link ${STATUS_TONE[status]}`}>
      {children}
    </Link>
  );
}
