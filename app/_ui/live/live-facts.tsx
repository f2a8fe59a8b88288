'use client';

import { feedAge, STALE_AFTER_MS, type FeedTimes } from './feed-age';
import { useNow } from './now';
import { StaleNotice } from './stale-notice';

/**
 * Frame around facts that refresh: greyed out, hatched and announced as soon as they are no longer the present.
 * Only the frame looks at the clock every second; what it holds renders when facts change.
 */
export function LiveFacts({ times, children }: { times: FeedTimes; children: React.ReactNode }) {
  const age = feedAge(times, useNow());
  const dead = age > STALE_AFTER_MS;
  return (
    <>
      {dead && (
        <div className="px-4 pt-4">
          <StaleNotice age={age} asOf={times.evaluatedAt ?? times.asOf} />
        </div>
      )}
      <div role="group" aria-label={dead ? 'Facts that are no longer fresh' : 'Facts'} className={dead ? 'dead-feed' : ''}>
        {children}
      </div>
    </>
  );
}
