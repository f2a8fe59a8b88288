/** What the limits of a queue do to messages that a lever sends on to it; pure. */
import type { PlanLock } from '@/server/domain/operations/plan';
import type { BrokerQueue } from '../../topology';

/**
 * Messages are sent on and taken out in one transaction. A queue that refuses a publish then ends the transaction in the middle: the
 * broker has taken the message out and refused it ("partial tx completion", measured on 3.10.8: 6 of 8 lost). One that drops its oldest
 * does so without a sign.
 *
 * @param going how many are sent on, at most; null: not known @param ready how many wait there now; null: not known
 */
export function limitLocks(queue: Pick<BrokerQueue, 'name' | 'maxLength' | 'maxLengthBytes' | 'overflow'> | undefined, { going, ready, perSecond }: { going: number | null; ready: number | null; perSecond: number | null }): { locks: PlanLock[]; warnings: string[] } {
  const none = { locks: [], warnings: [] };
  if (queue === undefined || (queue.maxLength === null && queue.maxLengthBytes == null)) return none;
  const limit = queue.maxLength === null ? `${queue.maxLengthBytes} bytes` : `${queue.maxLength} messages`;
  if (queue.overflow?.startsWith('reject-publish')) {
    return { ...none, locks: [{ code: 'queue-refuses', sentence: `Queue "${queue.name}" refuses publishes beyond ${limit} (overflow ${queue.overflow}), and a message that it refuses on this way would be lost. Take the limit away for the time of this, e.g. by a policy; then plan again.` }] };
  }
  if (queue.maxLength !== null && going !== null && ready !== null && ready + going <= queue.maxLength) return none;
  const sentence = `Queue "${queue.name}" holds ${limit} and drops its oldest beyond that: ${ready ?? 'an unknown number of'} wait there now, and ${going ?? 'an unknown number of'} would come.`;
  return perSecond === null
    ? { ...none, locks: [{ code: 'queue-drops', sentence: `${sentence} Send them on at a rate that its consumers keep up with, or raise the limit.` }] }
    : { ...none, warnings: [`${sentence} Nothing is dropped as long as its consumers take ${perSecond} per second.`] };
}
