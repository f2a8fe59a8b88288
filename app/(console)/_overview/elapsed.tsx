'use client';

import { formatAge } from '../../_ui/format/duration';
import { formatInstant } from '../../_ui/format/instant';
import { useNow } from '../../_ui/live/now';

/** How long something has lasted, with the instant it began on hover. */
export function Elapsed({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`since ${formatInstant(since)}`}>
      {formatAge(now - Date.parse(since))}
    </time>
  );
}
