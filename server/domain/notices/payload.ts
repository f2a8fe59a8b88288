/** What receivers of webhooks get. Documented in docs/operations.md: members are only ever added. */
import type { Json } from '../canonical-json';
import { stepsUpTo } from './escalation';
import type { NoticeFacts } from './notice-draft';
import { REASONS, type NoticeReason } from './reasons';

export const NOTICE_EVENTS = ['raised', 'escalated', 'acknowledged', 'ended', 'test'] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

export interface TellableNotice {
  id: string;
  reason: NoticeReason;
  flowId: string;
  flowName: string;
  operationId: string | null;
  holdId: string | null;
  sentence: string;
  facts: NoticeFacts;
  owner: string;
  level: number;
  sequence: number;
  raisedAt: Date;
  acknowledgedBy: string | null;
  endedAt: Date | null;
}

/** @param delivery id of this delivery, the same at every attempt */
export function noticePayload(delivery: string, event: NoticeEvent, at: Date, notice: TellableNotice | null): Json {
  return {
    format: 1, delivery, event, at: at.toISOString(),
    notice: notice === null ? null : {
      id: notice.id, sequence: notice.sequence, reason: notice.reason, title: REASONS[notice.reason].title, sentence: notice.sentence, level: notice.level, told: stepsUpTo(notice.reason, notice.level),
      flow: { id: notice.flowId, name: notice.flowName }, operation: notice.operationId, hold: notice.holdId, path: notice.operationId === null ? `/flows/${notice.flowId}` : `/operations/${notice.operationId}`,
      owner: notice.owner, facts: { messages: notice.facts.messages, cases: notice.facts.cases, money: notice.facts.money.map(({ amount, currency }) => ({ amount, currency })), dueAt: notice.facts.dueAt },
      raisedAt: notice.raisedAt.toISOString(), acknowledgedBy: notice.acknowledgedBy, endedAt: notice.endedAt?.toISOString() ?? null,
    },
  };
}
