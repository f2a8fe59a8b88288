import type { NoticeFacts } from '@/server/domain/notices/notice-draft';
import type { TellableNotice } from '@/server/domain/notices/payload';
import { isNoticeReason, type NoticeReason } from '@/server/domain/notices/reasons';
import type { schema } from '@/server/store/postgres';

export type NoticeRow = typeof schema.notices.$inferSelect;

/** @throws Error for a reason that this version does not know, which a newer one has written */
export function reasonOf({ reason }: Pick<NoticeRow, 'reason'>): NoticeReason {
  if (!isNoticeReason(reason)) throw new Error(`"${reason}" is no reason of this version.`);
  return reason;
}

export function tellable(row: NoticeRow): TellableNotice {
  return { ...row, reason: reasonOf(row), facts: row.facts as NoticeFacts };
}
