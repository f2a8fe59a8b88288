/** The one way in which a notice comes to be: together with its deliveries, in the transaction of what it tells of. */
import { uuidv7 } from '@/server/domain/ids';
import { levelAt } from '@/server/domain/notices/escalation';
import { NO_FACTS, noticeKey, type NoticeDraft } from '@/server/domain/notices/notice-draft';
import type { NoticeReason } from '@/server/domain/notices/reasons';
import { schema } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import type { HoldRow } from '../operations/operation-rows';
import { queueDeliveries } from './queue-deliveries';

/**
 * Raises a notice, unless the same one (reason and occasion) was raised before: safe to call again, from several processes.
 * It escalates by the ladder of its reason until somebody acknowledges it or it ends.
 *
 * @returns whether it is new
 */
export async function raiseNotice(tx: Transaction, draft: NoticeDraft, now: Date): Promise<boolean> {
  const { reason, flowId, flowName, operationId, holdId, owner, ownerUser, exceptUser, sentence, facts, reach } = draft;
  const [row] = await tx.insert(schema.notices).values({
    id: uuidv7(now.getTime()), key: noticeKey(draft), reason, flowId, flowName, operationId, holdId, owner, ownerUser, exceptUser, sentence, facts,
    facilities: reach.facilities === null ? null : [...reach.facilities], payers: reach.payers === null ? null : [...reach.payers],
    raisedAt: now, ...levelAt({ reason, raisedAt: now, ownerUser }, now),
  }).onConflictDoNothing().returning();
  if (!row) return false;
  await queueDeliveries(tx, 'raised', row, now);
  return true;
}

/**
 * Pages about a hold or reroute out of the transaction that changes it: its owner first, then by the ladder of the reason.
 * Stable: for code that decides about holds, e.g. a restore that was not begun because the primary did not pass its probe.
 * It ends by itself when the hold is over.
 *
 * @param told `occasion`: what makes it this one besides the hold, e.g. the instant at which the reroute expired; the same
 * again is not told twice. `sentence`: whole, with what to do; nothing out of a message
 */
export function raiseHoldNotice(
  tx: Transaction, hold: Pick<HoldRow, 'id' | 'flowId' | 'openedBy' | 'owner' | 'ownerUser'>,
  told: { reason: Extract<NoticeReason, 'reroute-not-restored'>; occasion: string; flowName: string; sentence: string; dueAt?: Date }, now: Date,
): Promise<boolean> {
  return raiseNotice(tx, {
    reason: told.reason, occasion: `${hold.id} ${told.occasion}`.trim(), sentence: told.sentence, flowId: hold.flowId, flowName: told.flowName, operationId: hold.openedBy, holdId: hold.id,
    owner: hold.owner, ownerUser: hold.ownerUser, exceptUser: null, reach: { facilities: null, payers: null }, facts: { ...NO_FACTS, dueAt: told.dueAt?.toISOString() ?? null },
  }, now);
}
