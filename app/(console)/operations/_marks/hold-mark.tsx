import type { HoldView } from '@/server/services/operations/operation-view';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { holdStanding } from '../_words/hold-words';

/** How a hold stands: shape and word together. */
export function HoldMark({ hold }: { hold: Pick<HoldView, 'state' | 'unverifiedSince'> }) {
  const { word, shape } = holdStanding(hold);
  return (
    <span className={`inline-flex items-center gap-2 font-semibold ${STATUS_TONE[shape]}`}>
      <StatusShape status={shape} />
      {word}
    </span>
  );
}
