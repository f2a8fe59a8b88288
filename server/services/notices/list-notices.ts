import { asc, isNull } from 'drizzle-orm';
import { isAddressedTo, stepsUpTo } from '@/server/domain/notices/escalation';
import type { NoticeFacts } from '@/server/domain/notices/notice-draft';
import { isNoticeReason, REASONS } from '@/server/domain/notices/reasons';
import type { Actor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../service-context';
import { reasonOf, type NoticeRow } from './notice-rows';
import type { NoticeView } from './notice-view';

/**
 * What is open and has reached the caller: what nobody has acknowledged first, oldest first. Machines are told by webhook, and
 * find nothing here.
 */
export async function listNotices(context: ServiceContext): Promise<{ items: NoticeView[]; unacknowledged: number; asOf: string }> {
  const { notices } = schema;
  const rows = context.actor.kind === 'user' ? await context.db.select().from(notices).where(isNull(notices.endedAt)).orderBy(asc(notices.raisedAt), asc(notices.id)) : [];
  const mine = rows.filter((row) => hasReached(row, context.actor));
  const isNew = ({ acknowledgedAt }: NoticeRow) => acknowledgedAt === null;
  return {
    items: [...mine.filter(isNew), ...mine.filter((row) => !isNew(row))].map(noticeView),
    unacknowledged: mine.filter(isNew).length, asOf: context.now().toISOString(),
  };
}

/** A reason that a newer version has written reaches nobody here. */
export function hasReached(row: NoticeRow, actor: Actor): boolean {
  return actor.kind === 'user' && isNoticeReason(row.reason) && isAddressedTo({ ...row, reason: row.reason }, actor);
}

export function noticeView(row: NoticeRow): NoticeView {
  const reason = reasonOf(row);
  return {
    id: row.id, reason, title: REASONS[reason].title, sentence: row.sentence, flowId: row.flowId, flowName: row.flowName, operationId: row.operationId, holdId: row.holdId,
    facts: row.facts as NoticeFacts, owner: row.owner, told: stepsUpTo(reason, row.level), raisedAt: row.raisedAt.toISOString(), escalatesAt: row.escalateAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy, acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
  };
}
