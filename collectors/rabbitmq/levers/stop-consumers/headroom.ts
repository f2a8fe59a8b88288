/** Whether every message that is out survives being put back once more; pure. */
import type { PlanLock } from '@/server/domain/operations/plan';
import type { BrokerQueue } from '../../topology';
import type { QueueNow } from '../look-at-broker';

/** From 4.0 on, quorum queues have it where nothing else is said. */
const DEFAULT_LIMIT_SINCE_4 = 20;

/** The delivery limit that is in effect; null: none. @param version of the broker, e.g. `4.0.2` */
export function deliveryLimitOf(queue: Pick<BrokerQueue, 'type' | 'deliveryLimit'>, version: string): number | null {
  if (queue.type !== 'quorum') return null;
  return queue.deliveryLimit ?? (Number(version.split('.', 1)[0]) >= 4 ? DEFAULT_LIMIT_SINCE_4 : null);
}

/**
 * Closing a connection puts back what it has taken, and each time counts towards the limit; beyond it the message is gone.
 * How often a message was put back is told to its consumer alone. But no message was put back more often than all of the
 * queue together: where the broker has counted since before the oldest of them, that bounds it.
 */
export function headroomLock(queue: Pick<BrokerQueue, 'name' | 'deliveryLimit'>, limit: number | null, now: QueueNow): PlanLock | null {
  if (limit === null || now.unacked === 0) return null;
  const lock = (why: string): PlanLock => ({
    code: 'delivery-limit',
    sentence: `Queue "${queue.name}" drops a message that was put back more than ${limit} times, and closing connections puts back what consumers have taken (${now.unacked ?? 'an unknown number'}). ${why} Park new messages instead: the consumers then work off what they have.`,
  });
  if (now.totals === null || now.unacked === null || now.ready === null) return lock('The broker keeps no statistics that would show whether they survive it.');
  if (now.totals.published - now.totals.left < now.ready + now.unacked) return lock('Some of them are older than the broker\'s statistics, so nobody can tell how often they were put back already.');
  if (now.totals.redelivered + 1 > limit) return lock(`Messages of this queue were put back ${now.totals.redelivered} times already, so one of them may be at its limit.`);
  return null;
}
