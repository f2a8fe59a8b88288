/** A replay has the messages that it sends in memory until they are sent: how many can be chosen at once. */
import type { PlanLock } from '@/server/domain/operations/plan';
import type { QueueNow } from '../look-at-broker';

const MB = 1024 * 1024;
/** A collector has as much beside what its taps need. One that grew over it would be ended by the system, begin anew and grow over it again. */
const MOST_BYTES = 1024 * MB;

/** For people. */
export const MOST_MB = MOST_BYTES / MB;

/** Whether all that is in a queue can be looked through at once; where the broker does not say its size, it can. */
export function fitsIntoMemory(now: Pick<QueueNow, 'bytes'> | null): boolean {
  return now?.bytes == null || now.bytes <= MOST_BYTES;
}

/**
 * Locks a replay of messages that are too large together, by the average size of what is in the queue.
 *
 * @param now of the dead-letter queue; where the broker does not say its size, nothing is locked
 */
export function tooLargeTogether(from: string, now: Pick<QueueNow, 'ready' | 'unacked' | 'bytes'> | null, chosen: number): PlanLock[] {
  const count = (now?.ready ?? 0) + (now?.unacked ?? 0);
  if (now?.bytes == null || count === 0) return [];
  const average = now.bytes / count;
  if (average * chosen <= MOST_BYTES) return [];
  return [{
    code: 'too-large',
    sentence: `The ${chosen} chosen messages are about ${Math.ceil((average * chosen) / MB)} MB together ("${from}" has ${count} of ${Math.ceil(average / 1024)} kB on average). A replay holds what it sends in memory, at most ${MOST_MB} MB. Choose at most ${Math.floor(MOST_BYTES / average)} at once, e.g. by payer, facility or time.`,
  }];
}
