'use client';

import Link from 'next/link';
import type { FlowRow, Overview } from '@/server/domain/health/flow-view';
import type { HoldView } from '@/server/services/operations/operation-view';
import { Sparkline } from '../../_ui/chart/sparkline';
import { formatAge } from '../../_ui/format/duration';
import { formatClock } from '../../_ui/format/instant';
import { countOf, formatPercent, formatRate } from '../../_ui/format/number';
import { Elapsed } from '../../_ui/live/elapsed';
import { feedAge, STALE_AFTER_MS } from '../../_ui/live/feed-age';
import { useNow } from '../../_ui/live/now';
import { StatusMark, StatusShape } from '../../_ui/status/status-mark';
import { feedTimes } from './feed-times';
import { HoldLines } from './hold-lines';
import { StateSentence } from './state-sentence';
import { useHolds } from './use-holds';

/** As many rows as can be read from four metres; the rest is counted. */
const ROWS = 5;

interface Props {
  overview: Overview | undefined;
  answeredAt: number;
  failed: boolean;
}

/** The overview for a wall: no controls, letters sized by the screen, and plainly broken when the feed is dead. */
export function Wallboard({ overview, answeredAt, failed }: Props) {
  return (
    <main data-theme="dark" className="flex min-h-dvh flex-col bg-page p-[1.5vw] text-[max(14px,1.3vw)] leading-snug text-ink">
      <Link href="/" className="sr-only focus:not-sr-only">
        Leave the wallboard
      </Link>
      {overview === undefined ? (
        <p role="status" className="m-auto text-[max(20px,3vw)]">
          {failed ? 'Signalbox does not answer. Trying again.' : 'Waiting for the first facts'}
        </p>
      ) : (
        <Board overview={overview} answeredAt={answeredAt} />
      )}
    </main>
  );
}

function Board({ overview, answeredAt }: { overview: Overview; answeredAt: number }) {
  const age = feedAge(feedTimes(overview, answeredAt), useNow());
  const holds = useHolds();
  const dead = age > STALE_AFTER_MS;
  const more = overview.trouble.length - ROWS;
  return (
    <>
      <header className="mb-[1.5vw] flex flex-wrap items-baseline justify-between gap-x-8 gap-y-2">
        <h1 className="text-[max(20px,2.2vw)] font-semibold">
          <StateSentence counts={overview.counts} holds={holds} links={false} />
        </h1>
        <p className="text-right">
          <Clock />
          <span className="ml-6 text-muted">data {formatAge(age)} old</span>
        </p>
      </header>
      {dead && <DeadFeed age={age} asOf={overview.asOf} />}
      {overview.notices.map((notice) => (
        <p key={notice.text} role="status" className="mb-[0.8vw] border-l-4 border-degraded pl-4 text-[max(14px,1.5vw)]">
          {notice.text} <span className="text-muted">{notice.action}</span>
        </p>
      ))}
      <div className={`flex flex-1 flex-col ${dead ? 'dead-feed' : ''}`}>
        <ol className="border-t border-line">
          {overview.trouble.slice(0, ROWS).map((flow) => (
            <WallRow key={flow.id} flow={flow} holds={holds.get(flow.id)} />
          ))}
        </ol>
        <OtherHolds overview={overview} holds={holds} />
        {more > 0 && <p className="mt-[1vw] text-[max(16px,1.8vw)]">and {countOf(more, 'more flow')} not healthy</p>}
        <HealthyLines overview={overview} />
      </div>
    </>
  );
}

function WallRow({ flow, holds }: { flow: FlowRow; holds: HoldView[] | undefined }) {
  return (
    <li className="grid gap-x-[2vw] gap-y-1 border-b border-line py-[0.6vw] md:grid-cols-[17vw_1fr_auto_13vw] md:items-center">
      <div className="text-[max(18px,2.6vw)] [&_svg]:size-[1.1em]">
        <StatusMark status={flow.health.status} phase={flow.health.phase} />
      </div>
      <div className="min-w-0">
        <p className="text-[max(18px,2vw)] leading-tight font-semibold">
          {flow.name} <span className="font-normal text-muted">{flow.criticality}</span>
        </p>
        {/* Of a hold its own lines say more. */}
        {(flow.health.status !== 'held' || holds === undefined) && <p className="line-clamp-2">{flow.health.reason}</p>}
        <p className="truncate text-muted">
          {[flow.scope?.text, flow.owner.oncall !== null && `on call: ${flow.owner.oncall}`].filter(Boolean).join('; ')}
        </p>
        <HoldLines holds={holds} />
      </div>
      <dl className="tabular-nums grid grid-cols-[auto_auto] gap-x-4 text-right whitespace-nowrap max-md:justify-start max-md:text-left">
        <dt className="text-muted">for</dt>
        <dd>
          <Elapsed since={flow.health.since} />
        </dd>
        <dt className="text-muted">errors</dt>
        <dd>{formatPercent(flow.errorRate)}</dd>
        <dt className="text-muted">msg/min</dt>
        <dd>{formatRate(flow.messagesPerMinute)}</dd>
      </dl>
      <Sparkline points={flow.sparkline} height={64} />
    </li>
  );
}

/** Holds and reroutes of flows that have no row above: healthy ones, and those that did not fit. */
function OtherHolds({ overview, holds }: { overview: Overview; holds: ReadonlyMap<string, HoldView[]> }) {
  const shown = new Set(overview.trouble.slice(0, ROWS).map(({ id }) => id));
  const others = [...holds].filter(([flowId]) => !shown.has(flowId));
  if (others.length === 0) return null;
  return (
    <ul className="mt-[1vw] space-y-1">
      {others.slice(0, ROWS).map(([flowId, ofFlow]) => (
        <li key={flowId} className="flex flex-wrap items-baseline gap-x-[1vw] [&_svg]:size-[0.9em]">
          <span className="font-semibold">{ofFlow[0]?.flowName}</span>
          <HoldLines holds={ofFlow} />
        </li>
      ))}
    </ul>
  );
}

function HealthyLines({ overview }: { overview: Overview }) {
  return (
    <ul className="mt-auto flex flex-wrap gap-x-[2.5vw] gap-y-1 pt-[1.5vw] text-muted">
      {overview.healthy.map((group) => (
        <li key={group.process?.id ?? ''} className="inline-flex items-center gap-2">
          <StatusShape status="healthy" size={16} />
          {group.process?.name ?? 'Without a process'}: {countOf(group.flows.length, 'flow')} healthy
          {group.messagesPerMinute !== null && `, ${formatRate(group.messagesPerMinute)} msg/min`}
        </li>
      ))}
    </ul>
  );
}

function DeadFeed({ age, asOf }: { age: number; asOf: string }) {
  return (
    <p role="alert" className="mb-[1vw] border-4 border-failing px-[1.5vw] py-[1vw] text-[max(20px,2.6vw)] font-semibold text-failing">
      FEED DEAD<span aria-hidden> for {formatAge(age)}</span>. This is how it was at {formatClock(asOf)}.
    </p>
  );
}

function Clock() {
  const now = useNow();
  return <time className="text-[max(20px,2.2vw)] font-semibold">{formatClock(now)}</time>;
}
