'use client';

import { Pause, Play } from 'lucide-react';
import { formatClock, formatInstant } from '../../_ui/format/instant';
import { REFRESH_MS, useRefresh } from '../../_ui/live/refresh';

/** "as of 12:04:31, every 5 s", and the button that stops it (WCAG 2.2.2). Empty on pages that do not refresh. */
export function RefreshState() {
  const { report, paused, setPaused } = useRefresh();
  if (report === null) return null;
  const Icon = paused ? Play : Pause;
  const pace = paused ? 'paused' : report.failed ? 'no answer, trying again' : `every ${REFRESH_MS / 1000} s`;
  return (
    <div className="flex items-center gap-1 text-muted">
      <span>
        as of{' '}
        <time dateTime={report.asOf} title={formatInstant(report.asOf)} className="text-ink">
          {formatClock(report.asOf)}
        </time>
        <span className={report.failed ? 'text-failing' : 'max-[420px]:sr-only'}>, {pace}</span>
      </span>
      <button
        type="button"
        aria-pressed={paused}
        onClick={() => setPaused(!paused)}
        title={paused ? 'Refresh again' : 'Pause refreshing'}
        className="flex size-8 items-center justify-center rounded-sm hover:bg-raised hover:text-ink"
      >
        <Icon size={14} aria-hidden />
        <span className="sr-only">Pause refreshing</span>
      </button>
    </div>
  );
}
