import { and, eq, inArray, isNull, lt, ne, notExists } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';
import { recordAudit } from '../audit/record-audit';
import { COLLECTORS } from '../operations/engine/store-plan';

/** Notices that are over, and tests of channels, are kept for so many days; what was done about them stays in the audit trail. */
export const NOTICES_KEPT_DAYS = 90;
const DAY_MS = 86_400_000;
const AT_ONCE = 5_000;

/**
 * Forgets what ended longer ago, with its deliveries. Of a notice that is open, and of deliveries that wait, nothing goes.
 *
 * @returns how many notices
 */
export async function forgetNotices(db: Database, now: Date): Promise<number> {
  const { notices, noticeDeliveries: deliveries } = schema;
  const before = new Date(now.getTime() - NOTICES_KEPT_DAYS * DAY_MS);
  await db.delete(deliveries).where(and(isNull(deliveries.noticeId), lt(deliveries.createdAt, before), ne(deliveries.state, 'waiting')));
  return db.transaction(async (tx) => {
    const waiting = tx.select({ id: deliveries.noticeId }).from(deliveries).where(and(eq(deliveries.noticeId, notices.id), eq(deliveries.state, 'waiting')));
    const over = await tx.select({ id: notices.id }).from(notices).where(and(lt(notices.endedAt, before), notExists(waiting))).limit(AT_ONCE).for('update');
    const ids = over.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await tx.delete(deliveries).where(inArray(deliveries.noticeId, ids));
    await tx.delete(notices).where(inArray(notices.id, ids));
    await recordAudit(tx, { actor: COLLECTORS, now: () => now }, { action: 'notices.forget', subject: 'notices', after: { count: ids.length, endedBefore: before.toISOString() } });
    return ids.length;
  });
}
