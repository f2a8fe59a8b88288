'use client';

import { formatAge } from '../format/duration';
import { formatClock } from '../format/instant';
import { useRefresh } from './refresh';
import { Notice } from '../states/notice';

/** Said once when the picture on the screen is no longer the present. */
export function StaleNotice({ age, asOf }: { age: number; asOf: string }) {
  const { paused, setPaused } = useRefresh();
  // Hidden from the announcement, which would otherwise be repeated every second.
  const ageNow = <span aria-hidden>, {formatAge(age)} ago</span>;
  if (paused) {
    return (
      <Notice
        severity="warning"
        text={<>Refreshing is paused. What you see is from {formatClock(asOf)}{ageNow}.</>}
        action={
          <button type="button" className="figure-link text-accent" onClick={() => setPaused(false)}>
            Refresh again
          </button>
        }
      />
    );
  }
  return (
    <Notice
      severity="error"
      text={<>The feed is dead: the facts below are from {formatClock(asOf)}{ageNow}.</>}
      action="Do not rely on them. Signalbox keeps trying; see Settings, Health of Signalbox."
    />
  );
}
