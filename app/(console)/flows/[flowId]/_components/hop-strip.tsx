'use client';

import type { HopFigures } from '@/server/domain/health/flow-view';
import { formatDuration } from '../../../../_ui/format/duration';
import { formatPercent, formatRate } from '../../../../_ui/format/number';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { BacklogFigures } from './hop-backlog';
import { hopInShort } from './hop-in-short';

interface Props {
  hops: readonly HopFigures[];
  selected: string | undefined;
  onSelect: (hopId: string) => void;
}

/**
 * The flow as a line of track, one station per hop, with what waits at each and what went in and out. One of them is
 * selected: by a click anywhere on it, or with Tab or the arrow keys and Enter. On a phone the others are folded.
 */
export function HopStrip({ hops, selected, onSelect }: Props) {
  if (hops.length === 0) return <p className="px-4 text-muted">The contract names no hops.</p>;
  return (
    <ol aria-label="Hops of the flow" className="grid border-y border-line bg-panel md:auto-cols-fr md:grid-flow-col md:overflow-x-auto">
      {hops.map((hop, index) => (
        <Hop key={hop.hopId} hop={hop} first={index === 0} last={index === hops.length - 1} selected={hop.hopId === selected} onSelect={() => onSelect(hop.hopId)} />
      ))}
    </ol>
  );
}

function Hop({ hop, first, last, selected, onSelect }: { hop: HopFigures; first: boolean; last: boolean; selected: boolean; onSelect: () => void }) {
  const folded = selected ? '' : 'max-md:hidden';
  return (
    <li
      className={`relative min-w-64 px-4 py-4 md:min-w-72 md:pt-10 max-md:border-b max-md:border-line max-md:pl-10 max-md:last:border-b-0 ${
        selected ? 'bg-raised' : 'hover:bg-raised/50'
      }`}
    >
      <Track first={first} last={last} selected={selected} />
      <h3 className="text-base font-medium">
        {/* Lies over the whole hop, below what has a hint of its own. */}
        <button type="button" aria-pressed={selected} onClick={onSelect} onKeyDown={step} className="min-h-[24px] text-left after:absolute after:inset-0">
          {hop.name}
        </button>
      </h3>
      <p className={`mb-3 text-xs break-all text-muted ${folded}`}>{hop.channelId}</p>
      {!selected && <p className="text-xs text-muted tabular-nums md:hidden">{hopInShort(hop)}</p>}
      <div className={`flex flex-wrap gap-x-8 gap-y-3 ${folded}`}>
        {hop.backlog !== null && <BacklogFigures backlog={hop.backlog} isQueue={hop.channelId.includes(':queue:')} />}
        <dl className="grid w-64 grid-cols-[auto_1fr] content-start gap-x-4 gap-y-0.5 tabular-nums *:even:text-right">
          <Rates hop={hop} />
          <dt className="text-muted">Errors</dt>
          <dd className={hop.errorRate !== null && hop.errorRate > 0 ? 'font-medium' : ''}>{formatPercent(hop.errorRate)}</dd>
          <dt className="text-muted">p50, p95</dt>
          <dd>
            {formatDuration(hop.p50Ms)}, {formatDuration(hop.p95Ms)}
          </dd>
          <dt className="text-muted">Last left</dt>
          <dd>{hop.lastLeaveAt === null ? 'not seen' : <RelativeTime instant={hop.lastLeaveAt} />}</dd>
        </dl>
      </div>
    </li>
  );
}

/** The arrow keys lead from hop to hop, as the track does. */
function step(event: React.KeyboardEvent<HTMLButtonElement>): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const buttons = [...(event.currentTarget.closest('ol')?.querySelectorAll<HTMLButtonElement>('button[aria-pressed]') ?? [])];
  const next = buttons[buttons.indexOf(event.currentTarget) + by];
  if (by === 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** As the tap of the channel counts them where it does, else as traces show them. */
function Rates({ hop }: { hop: HopFigures }) {
  const { backlog } = hop;
  return (
    <>
      <dt className="text-muted">In</dt>
      <dd>{formatRate(backlog?.enteredPerMinute ?? hop.enteredPerMinute)} msg/min</dd>
      <dt className="text-muted">Out</dt>
      <dd>{formatRate(backlog?.leftPerMinute ?? hop.leftPerMinute)} msg/min</dd>
      {backlog !== null && backlog.redeliveredPerMinute !== null && backlog.redeliveredPerMinute > 0 && (
        <>
          <dt className="text-muted">Redelivered</dt>
          <dd className="font-medium">{formatRate(backlog.redeliveredPerMinute)} msg/min</dd>
        </>
      )}
    </>
  );
}

/** The rail through the stations: across on wide screens, down on a phone. The selected station is filled. */
function Track({ first, last, selected }: { first: boolean; last: boolean; selected: boolean }) {
  return (
    <span aria-hidden>
      <span
        className={`absolute bg-line-strong max-md:left-5 max-md:w-0.5 md:top-5 md:h-0.5 ${first ? 'max-md:top-6 md:left-5' : 'max-md:top-0 md:left-0'} ${
          last ? 'max-md:h-6 md:right-[calc(100%-20px)]' : 'max-md:bottom-0 md:right-0'
        } ${first && last ? 'hidden' : ''}`}
      />
      <span className={`absolute size-3 rounded-full border-2 max-md:top-5 max-md:left-[15px] md:top-[15px] md:left-4 ${selected ? 'border-accent bg-accent' : 'border-ink bg-panel'}`} />
    </span>
  );
}
