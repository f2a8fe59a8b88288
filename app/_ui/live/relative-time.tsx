'use client';

import { formatInstant, formatRelative } from '../format/instant';
import { useNow } from './now';

/** `38 s ago`, with the absolute time on hover and for machines. */
export function RelativeTime({ instant }: { instant: string }) {
  const now = useNow();
  return (
    <time dateTime={instant} title={formatInstant(instant)} className="whitespace-nowrap">
      {formatRelative(instant, now)}
    </time>
  );
}
