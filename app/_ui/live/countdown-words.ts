import { formatAge } from '../format/duration';

const MINUTE = 60_000;
/** From here on a countdown is urgent, or close. */
const URGENT_MS = 15 * MINUTE;
const CLOSE_MS = 60 * MINUTE;

export type Urgency = 'far' | 'close' | 'urgent' | 'passed';

export interface Countdown {
  /** `2 h 14 m`, or how long ago it passed. */
  text: string;
  urgency: Urgency;
}

/** The time until an instant; `now` in epoch milliseconds. */
export function countdown(at: string, now: number): Countdown {
  const left = Date.parse(at) - now;
  if (left <= 0) return { text: `passed ${formatAge(-left)} ago`, urgency: 'passed' };
  return { text: `in ${withSeconds(left)}`, urgency: left < URGENT_MS ? 'urgent' : left < CLOSE_MS ? 'close' : 'far' };
}

/** Below an hour a countdown shows its seconds, so that one sees it run. */
function withSeconds(ms: number): string {
  if (ms >= CLOSE_MS || ms < MINUTE) return formatAge(ms);
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
