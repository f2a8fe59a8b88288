'use client';

import { formatAge } from '../format/duration';
import { formatInstant } from '../format/instant';
import { useNow } from './now';

/** How long something has lasted, with the instant it began on hover. */
export function Elapsed({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={`since ${formatInstant(since)}`}>
      {formatAge(now - Date.parse(since))}
    </time>
  );
}
