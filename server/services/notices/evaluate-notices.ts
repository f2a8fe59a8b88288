/** The pass that raises, escalates and ends notices. Safe to run again and at once in several processes: every step is conditional. */
import { and, eq, inArray, isNull, lte } from 'drizzle-orm';
import { levelAt } from '@/server/domain/notices/escalation';
import { holdNotices, type HoldFacts } from '@/server/domain/notices/hold-notices';
import { noticeKey } from '@/server/domain/notices/notice-draft';
import { operationNotices } from '@/server/domain/notices/operation-notices';
import { isNoticeReason, REASONS } from '@/server/domain/notices/reasons';
import { schema, type Database } from '@/server/store/postgres';
import { readHoldFacts, readOperationFacts } from './notice-facts';
import { reasonOf, type NoticeRow } from './notice-rows';
import { queueDeliveries } from './queue-deliveries';
import { raiseNotice } from './raise-notice';

export async function evaluateNotices(db: Database, now: Date): Promise<void> {
  const { notices } = schema;
  // Read before the facts: what is open by then and not so by the facts is over, also when others raise notices meanwhile.
  const open = (await db.select().from(notices).where(isNull(notices.endedAt))).filter(({ reason }) => isNoticeReason(reason));
  const [operations, holds] = await Promise.all([readOperationFacts(db, now), readHoldFacts(db)]);
  const wanted = new Map([...operations.flatMap((row) => operationNotices(row, now)), ...holds.flatMap((hold) => holdNotices(hold, now))].map((draft) => [noticeKey(draft), draft]));
  const known = wanted.size === 0 ? [] : await db.select({ key: notices.key }).from(notices).where(inArray(notices.key, [...wanted.keys()]));
  const told = new Set(known.map(({ key }) => key));
  for (const [key, draft] of wanted) if (!told.has(key)) await db.transaction((tx) => raiseNotice(tx, draft, now));

  for (const notice of open) {
    if (isOver(notice, wanted, holds)) await endNotice(db, notice, now);
    else if (notice.acknowledgedAt === null && notice.escalateAt !== null && notice.escalateAt <= now) await escalate(db, notice, now);
  }
}

function isOver(notice: NoticeRow, wanted: ReadonlyMap<string, unknown>, holds: readonly HoldFacts[]): boolean {
  const holdIsOver = notice.holdId !== null && /^(hold|reroute)-/.test(notice.reason) && !holds.some(({ id }) => id === notice.holdId);
  switch (REASONS[reasonOf(notice)].ends) {
    case 'over': return !wanted.has(notice.key);
    case 'acknowledged': return notice.acknowledgedAt !== null || holdIsOver;
    case 'hold': return holdIsOver;
  }
}

async function endNotice(db: Database, notice: NoticeRow, now: Date): Promise<void> {
  const { notices } = schema;
  await db.transaction(async (tx) => {
    const [row] = await tx.update(notices).set({ endedAt: now, escalateAt: null }).where(and(eq(notices.id, notice.id), isNull(notices.endedAt))).returning();
    if (row) await queueDeliveries(tx, 'ended', row, now);
  });
}

async function escalate(db: Database, notice: NoticeRow, now: Date): Promise<void> {
  const { notices } = schema;
  const next = levelAt({ ...notice, reason: reasonOf(notice) }, now);
  await db.transaction(async (tx) => {
    const [row] = await tx.update(notices).set(next)
      .where(and(eq(notices.id, notice.id), eq(notices.level, notice.level), isNull(notices.acknowledgedAt), isNull(notices.endedAt), lte(notices.escalateAt, now))).returning();
    if (row && row.level > notice.level) await queueDeliveries(tx, 'escalated', row, now);
  });
}
