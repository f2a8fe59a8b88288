import { CornerDownRight, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { DiscoveredNode, DraftContract } from '@/server/domain/sources/discovery';
import { TrackLine } from './track-line';
import type { WiredChannel } from './wired-channels';

interface Props {
  channel: WiredChannel;
  draft: DraftContract | null;
  onReview: (flowId: string) => void;
}

/** One channel on its line of track; a dead-letter channel stands indented below the one that fails into it. */
export function ChannelTrack({ channel, draft, onReview }: Props) {
  const { node, arrivals, consumers, deadLetters, failsFrom, isDeadLetter } = channel;
  // Of a table nobody tells who writes and who takes: there is nothing to draw beside it.
  if (node.kind === 'table' && arrivals.length + consumers.length + deadLetters.length === 0) {
    return (
      <div className="px-4 py-2">
        <ChannelBlock node={node} draft={draft} onReview={onReview} />
      </div>
    );
  }
  return (
    <div className={`grid gap-y-2 px-4 py-3 lg:grid-cols-[minmax(0,4fr)_minmax(0,5fr)_minmax(0,4fr)] ${isDeadLetter ? 'bg-page/50 max-lg:pl-8' : ''}`}>
      <div className="min-w-0 space-y-1 lg:pt-2">
        {failsFrom.length > 0 && (
          <p className="flex min-w-0 gap-2 text-muted">
            <CornerDownRight size={14} aria-hidden className="mt-0.75 shrink-0" />
            <span className="min-w-0 break-words">dead letters of {failsFrom.map(({ name }) => name).join(', ')}</span>
          </p>
        )}
        {!isDeadLetter && arrivals.map(({ node: from, label }) => <TrackLine key={`${from.id} ${label}`} side="in" name={nameOf(from)} label={label} />)}
        {arrivals.length === 0 && !isDeadLetter && node.kind === 'queue' && <TrackLine side="in" name="default exchange" label={node.name} />}
      </div>
      <ChannelBlock node={node} draft={draft} onReview={onReview} />
      <div className="min-w-0 space-y-1 lg:pt-2">
        {consumers.map(({ node: to, label }) => (
          <TrackLine key={`${to.id} ${label}`} side="out" name={nameOf(to)} label={label} />
        ))}
        {consumers.length === 0 && node.kind === 'queue' && <p className="text-muted lg:pl-3">nobody consumes</p>}
        {deadLetters.map(({ to, endsIn }) => (
          <TrackLine
            key={`${to.node.id} ${to.label}`}
            side="dead"
            name={[nameOf(to.node), ...endsIn.filter(({ id }) => id !== to.node.id).map(({ name }) => name)].join(' → ')}
            label={to.label}
          />
        ))}
      </div>
    </div>
  );
}

function ChannelBlock({ node, draft, onReview }: { node: DiscoveredNode; draft: DraftContract | null; onReview: (flowId: string) => void }) {
  const covered = node.flows.length > 0;
  return (
    <div className={`min-w-0 space-y-1 rounded-sm border bg-panel px-3 py-2 ${covered ? 'border-line-strong' : 'border-dashed border-line-strong'}`}>
      <h3 className="text-base font-medium break-all">{node.name}</h3>
      <dl className="flex flex-wrap gap-x-4">
        {node.facts.map(({ label, text }) => (
          <div key={label} className="flex min-w-0 gap-1">
            <dt className="shrink-0 text-muted">{label}</dt>
            <dd className="min-w-0 break-words">{text}</dd>
          </div>
        ))}
      </dl>
      {node.notes.map((note) => (
        <p key={note} className="flex gap-2">
          <TriangleAlert size={14} aria-hidden className="mt-0.75 shrink-0 text-degraded" />
          <span className="min-w-0 break-words">{note}</span>
        </p>
      ))}
      <p className="flex flex-wrap gap-x-3">
        {node.flows.map((flowId) => (
          <Link key={flowId} href={`/flows/${encodeURIComponent(flowId)}`} className="figure-link">
            {flowId}
          </Link>
        ))}
        {!covered && <span className="text-muted">no flow</span>}
        {draft !== null && (
          <button type="button" className="figure-link min-h-[24px] text-accent" onClick={() => onReview(draft.flowId)}>
            Review the draft<span className="sr-only"> for {node.name}</span>
          </button>
        )}
      </p>
    </div>
  );
}

function nameOf({ kind, name }: DiscoveredNode): string {
  return kind === 'exchange' && name === '' ? 'default exchange' : name;
}
