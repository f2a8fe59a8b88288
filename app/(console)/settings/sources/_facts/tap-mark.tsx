import type { Status } from '@/server/domain/health/flow-view';
import type { TapView } from '@/server/services/sources/source-view';
import { StatusShape } from '../../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../../_ui/status/status-words';

/** Taps wear the same shapes as flows, with their own words. */
const MARKS: Record<TapView['status'], { status: Status; word: string }> = {
  ok: { status: 'healthy', word: 'Tapping' },
  warning: { status: 'degraded', word: 'Warning' },
  down: { status: 'failing', word: 'Down' },
  starting: { status: 'unknown', word: 'Starting' },
  off: { status: 'silent', word: 'Off' },
};

export function TapMark({ status }: { status: TapView['status'] }) {
  const mark = MARKS[status];
  return (
    <span className={`inline-flex items-center gap-2 font-medium ${STATUS_TONE[mark.status]}`}>
      <StatusShape status={mark.status} />
      {mark.word}
    </span>
  );
}
