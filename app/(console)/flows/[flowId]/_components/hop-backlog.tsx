import type { HopBacklog } from '@/server/domain/health/flow-view';
import { formatCount } from '../../../../_ui/format/number';
import { StatusShape } from '../../../../_ui/status/status-mark';
import { deadLetterWords, drainWords, oldestWords, type Told } from './backlog-words';

/** What waits at a hop. Facts that are not current are a gap with its reason, never figures of the past. */
export function BacklogFigures({ backlog, isQueue }: { backlog: HopBacklog; isQueue: boolean }) {
  if (backlog.problem !== null) {
    return (
      <p className="flex w-64 gap-2 self-start border border-dashed border-line-strong px-2 py-1.5">
        <span className="mt-1">
          <StatusShape status="unknown" />
        </span>
        <span className="min-w-0 break-words first-letter:uppercase">{backlog.problem}</span>
      </p>
    );
  }
  const growing = backlog.drain.kind === 'growing';
  return (
    <dl className="grid w-64 grid-cols-[auto_1fr] content-start gap-x-4 gap-y-0.5 tabular-nums *:even:text-right">
      <dt className="text-muted">Waiting</dt>
      <dd className="font-medium">{formatCount(backlog.waiting)}</dd>
      <Figure term="Oldest" told={oldestWords(backlog)} />
      <Figure term="Drained" told={drainWords(backlog.drain)} strong={growing} />
      <dt className="text-muted">{isQueue ? 'Unacknowledged' : 'In progress'}</dt>
      <dd>{formatCount(backlog.inFlight)}</dd>
      {backlog.consumers !== null && <Consumers consumers={backlog.consumers} waiting={backlog.waiting} />}
      {backlog.failed !== null && (
        <>
          <dt className="text-muted">In error</dt>
          <dd className={backlog.failed === '0' ? '' : 'font-medium'}>{formatCount(backlog.failed)}</dd>
        </>
      )}
      {backlog.held !== null && (
        <>
          <dt className="text-muted">Held</dt>
          <dd>{formatCount(backlog.held)}</dd>
        </>
      )}
      {backlog.deadLetters !== null && (
        <>
          <dt className="text-muted">Dead letters</dt>
          <dd className={backlog.deadLetters.waiting === '0' ? '' : 'font-medium'} title={backlog.deadLetters.channelId}>
            {deadLetterWords(backlog.deadLetters)}
          </dd>
        </>
      )}
    </dl>
  );
}

function Figure({ term, told, strong = false }: { term: string; told: Told; strong?: boolean }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd>
        <span className={strong ? 'font-medium' : ''}>{told.text}</span>
        {told.note !== '' && <span className="block text-xs text-muted">{told.note}</span>}
      </dd>
    </>
  );
}

/** Nobody consumes while messages wait: that is what to see first. */
function Consumers({ consumers, waiting }: { consumers: number; waiting: string | null }) {
  const stopped = consumers === 0 && waiting !== null && waiting !== '0';
  return (
    <>
      <dt className="text-muted">Consumers</dt>
      <dd className={stopped ? 'font-medium text-failing' : ''}>{consumers === 0 ? '0, nobody consumes' : formatCount(consumers)}</dd>
    </>
  );
}
