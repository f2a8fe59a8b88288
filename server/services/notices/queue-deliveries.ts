import { and, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from '@/server/domain/ids';
import { noticePayload, type NoticeEvent } from '@/server/domain/notices/payload';
import { schema } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import { tellable, type NoticeRow } from './notice-rows';

/** Puts what happened to a notice into the outbox of every channel that sends it. Without a channel there is nothing to send. */
export async function queueDeliveries(tx: Transaction, event: Exclude<NoticeEvent, 'test'>, notice: NoticeRow, now: Date): Promise<void> {
  const { noticeChannels, noticeDeliveries, notices } = schema;
  const channels = await tx.select({ id: noticeChannels.id, sends: noticeChannels.sends }).from(noticeChannels).where(and(eq(noticeChannels.enabled, true), isNull(noticeChannels.removedAt)));
  if (channels.length === 0) return;
  const told = new Set((await tx.selectDistinct({ channelId: noticeDeliveries.channelId }).from(noticeDeliveries).where(eq(noticeDeliveries.noticeId, notice.id))).map(({ channelId }) => channelId));
  // Whoever was not told that it began need not hear how it went on.
  const due = channels.filter(({ id, sends }) => told.has(id) || event === 'escalated' || (event === 'raised' && sends === 'all'));
  if (due.length === 0) return;
  // Under the lock of the notice, which every change of it takes: events of one notice are numbered in the order in which they happened.
  const [numbered] = await tx.update(notices).set({ sequence: sql`${notices.sequence} + 1` }).where(eq(notices.id, notice.id)).returning({ sequence: notices.sequence });
  await tx.insert(noticeDeliveries).values(due.map(({ id: channelId }) => {
    const id = uuidv7(now.getTime());
    return { id, channelId, noticeId: notice.id, event, payload: noticePayload(id, event, now, tellable({ ...notice, sequence: numbered!.sequence })), nextAt: now, createdAt: now };
  }));
}
