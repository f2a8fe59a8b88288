import { RelativeTime } from '../../_ui/live/relative-time';

/** Up to when the facts are complete; newer ones may still be on their way. */
export function DataAge({ completeThrough }: { completeThrough: string | null }) {
  return (
    <p className="text-muted">
      {completeThrough === null ? (
        'No facts have arrived yet'
      ) : (
        <>
          Facts complete until <RelativeTime instant={completeThrough} />
        </>
      )}
    </p>
  );
}
