'use client';

import { formatInstant } from '../format/instant';
import { countdown, type Urgency } from './countdown-words';
import { useNow } from './now';

const TONES: Record<Urgency, string> = { far: '', close: 'font-medium text-degraded', urgent: 'font-semibold text-failing', passed: 'font-semibold text-failing' };

/** Time that runs out, ticking; said to a screen reader once and not every second. */
export function CountdownTo({ at }: { at: string }) {
  const { text, urgency } = countdown(at, useNow());
  return (
    <time dateTime={at} title={formatInstant(at)} className={`whitespace-nowrap tabular-nums ${TONES[urgency]}`}>
      {text}
    </time>
  );
}
