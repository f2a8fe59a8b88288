import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { hasReached, noticeView } from './list-notices';
import type { NoticeView } from './notice-view';
import { queueDeliveries } from './queue-deliveries';

export const acknowledgeInput = z.strictObject({ noticeId: z.uuid() });

/**
 * Says that the caller looks after it: nobody else is told from now on. It stays in the list while it is so. The same again
 * changes nothing.
 *
 * @throws Refusal not-found for whom it has not reached; conflict when it is over
 */
export async function acknowledgeNotice(context: ServiceContext, input: z.input<typeof acknowledgeInput>): Promise<NoticeView> {
  const { noticeId } = acknowledgeInput.parse(input);
  const { notices } = schema;
  return audited(context, { action: 'notice.acknowledge', subject: `notice:${noticeId}` }, async (tx, record) => {
    authorize(context, 'notices:acknowledge', `Notice ${noticeId}`);
    const [seen] = await tx.select().from(notices).where(eq(notices.id, noticeId)).for('update');
    if (!seen || !hasReached(seen, context.actor)) throw new Refusal('not-found', `Notice ${noticeId} was not found.`);
    record({ flowId: seen.flowId, before: { reason: seen.reason, level: seen.level } });
    if (seen.endedAt !== null) throw new Refusal('conflict', `It is over since ${seen.endedAt.toISOString()}; there is nothing to acknowledge any more.`);
    if (seen.acknowledgedAt !== null) {
      record('nothing-changed');
      return noticeView(seen);
    }
    const by = actorLabel(context.actor);
    const [row] = await tx.update(notices).set({ acknowledgedBy: by, acknowledgedAt: context.now(), escalateAt: null }).where(and(eq(notices.id, noticeId), isNull(notices.acknowledgedAt))).returning();
    await queueDeliveries(tx, 'acknowledged', row!, context.now());
    record({ after: { acknowledgedBy: by } });
    return noticeView(row!);
  });
}
