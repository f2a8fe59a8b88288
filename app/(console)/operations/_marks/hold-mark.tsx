import type { HoldView } from '@/server/services/operations/operation-view';
import { StatusShape } from '../../../_ui/status/status-mark';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { holdStanding } from '../_words/hold-words';

/** How a hold stands: shape and word together, and whether it rests on a client that keeps to it. */
export function HoldMark({ hold }: { hold: Pick<HoldView, 'state' | 'unverifiedSince' | 'method'> & Partial<Pick<HoldView, 'expiry' | 'kind' | 'figures'>> }) {
  const { word, shape } = holdStanding(hold);
  return (
    <span className={`inline-flex flex-wrap items-center gap-x-2 font-semibold ${STATUS_TONE[shape]}`}>
      <StatusShape status={shape} />
      <span className="whitespace-nowrap">{word}</span>
      {hold.method === 'cooperative' && <span className="rounded-xs border border-line-strong px-1 text-[max(12px,0.8em)] leading-normal font-normal text-ink">cooperative</span>}
    </span>
  );
}
