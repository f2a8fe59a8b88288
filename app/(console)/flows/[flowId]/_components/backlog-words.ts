import type { DrainForecast, HopBacklog } from '@/server/domain/health/flow-view';
import type { AgeMethod } from '@/server/domain/taps/facts';
import { formatAge } from '../../../../_ui/format/duration';
import { formatCount, formatRate, NOT_KNOWN } from '../../../../_ui/format/number';

/** How the age of the oldest waiting message was found, for people. */
const METHOD_WORDS: Record<AgeMethod, string> = {
  head: 'by the time that its publisher set',
  traced: 'by traces: published and not yet consumed',
  rank: "by rank of the tap's copies",
  row: 'by the oldest row',
  unknown: '',
};

/** A figure with what it rests on, or with why it is not known. */
export interface Told {
  text: string;
  note: string;
}

/** How long the oldest has waited: `at least 4 m`, by which method. */
export function oldestWords({ waiting, oldestAgeMs, ageMethod, ageNote }: HopBacklog): Told {
  if (waiting === '0') return { text: 'nothing waits', note: '' };
  if (oldestAgeMs === null) return { text: NOT_KNOWN, note: ageNote };
  const age = formatAge(oldestAgeMs);
  return { text: ageMethod === 'rank' ? `at least ${age}` : age, note: [METHOD_WORDS[ageMethod], ageNote].filter((part) => part !== '').join('; ') };
}

/** When the backlog will be gone: `in 3 m to 5 m`, `growing by 12/min`, or why nobody can say. */
export function drainWords(drain: DrainForecast): Told {
  switch (drain.kind) {
    case 'empty':
      return { text: 'empty', note: '' };
    case 'draining':
      return { text: rangeOf(formatAge(drain.fromMs), formatAge(drain.toMs)), note: '' };
    case 'growing':
      return { text: `growing by ${formatRate(drain.perMinute)}/min`, note: '' };
    case 'unknown':
      return { text: NOT_KNOWN, note: drain.reason };
  }
}

/** `3`, or `3, +1.2/min` while more come. */
export function deadLetterWords({ waiting, enteredPerMinute }: NonNullable<HopBacklog['deadLetters']>): string {
  if (enteredPerMinute === null || enteredPerMinute === 0) return formatCount(waiting);
  return `${formatCount(waiting)}, +${formatRate(enteredPerMinute)}/min`;
}

function rangeOf(from: string, to: string): string {
  return from === to ? `in about ${from}` : `in ${from} to ${to}`;
}
