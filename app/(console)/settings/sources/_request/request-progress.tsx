import type { SourceRequestView } from '@/server/services/sources/source-view';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { Notice } from '../../../../_ui/states/notice';

const WORDS: Record<SourceRequestView['kind'], Record<'waiting' | 'running' | 'done', string>> = {
  test: { waiting: 'Waiting for a collector to take the test up', running: 'A collector is testing the connection', done: 'Tested' },
  discover: { waiting: 'Waiting for a collector to take the discovery up', running: 'A collector is looking for channels', done: 'Discovered' },
};

/** How far a test or discovery is, announced as it changes. */
export function RequestProgress({ request }: { request: SourceRequestView }) {
  if (request.state === 'failed') return <Notice severity="error" text={request.error ?? 'It failed without a reason.'} />;
  const open = request.state !== 'done';
  return (
    <p role="status" className="flex items-center gap-2 text-muted">
      {open && <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-line-strong border-t-accent motion-reduce:animate-none" />}
      <span>
        {WORDS[request.kind][request.state]}
        {open ? ' …' : request.finishedAt !== null && <> <RelativeTime instant={request.finishedAt} /></>}
      </span>
    </p>
  );
}
