import type { AuditAnchors } from '@/server/services/audit/read-anchors';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { Skeleton } from '../../../_ui/states/skeleton';

/** Where the head of the chain was written to outside of the database, which its owner cannot change unseen. */
export function AnchorFacts({ anchors, failed }: { anchors: AuditAnchors | undefined; failed: boolean }) {
  if (anchors === undefined) return failed ? <p className="text-muted">What is anchored could not be read.</p> : <Skeleton className="h-10 w-64" />;
  if (anchors.sinks.length === 0) {
    return <p className="text-muted">The chain's head has not been written anywhere outside of the database yet. Collectors with the role evaluators do, every five minutes.</p>;
  }
  return (
    <ul className="min-w-0 space-y-1">
      {anchors.sinks.map(({ sink, written, error }) => (
        <li key={sink} className="min-w-0">
          <p className="break-words">
            {written ? (
              <>
                Anchored up to #{written.seq} <RelativeTime instant={written.at} /> in <span className="break-all text-muted">{sink}</span>
              </>
            ) : (
              <>
                Never anchored in <span className="break-all text-muted">{sink}</span>
              </>
            )}
          </p>
          {error && <p className="break-words text-failing">{error.sentence}</p>}
        </li>
      ))}
    </ul>
  );
}
