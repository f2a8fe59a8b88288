import type { Step } from '@/server/domain/notices/escalation';
import type { NoticeFacts } from '@/server/domain/notices/notice-draft';
import type { NoticeReason } from '@/server/domain/notices/reasons';

/** A notice as those see it whom it has reached. */
export interface NoticeView {
  id: string;
  reason: NoticeReason;
  title: string;
  sentence: string;
  flowId: string;
  flowName: string;
  operationId: string | null;
  holdId: string | null;
  facts: NoticeFacts;
  owner: string;
  /** Whom it has reached so far. */
  told: Step[];
  raisedAt: string;
  /** When more people are told unless somebody acknowledges it; null: it goes no further. */
  escalatesAt: string | null;
  acknowledgedBy: string | null;
  acknowledgedAt: string | null;
}
