/** A notice before it is raised. */
import type { Money } from '../money';
import type { Reach } from './escalation';
import type { NoticeReason } from './reasons';

export interface NoticeFacts {
  /** Decimal text; null where it is not counted. */
  messages: string | null;
  cases: number | null;
  money: Money[];
  /** By when something has to be decided, RFC 3339; null where nothing expires. */
  dueAt: string | null;
}

export const NO_FACTS: NoticeFacts = { messages: null, cases: null, money: [], dueAt: null };

export interface NoticeDraft {
  reason: NoticeReason;
  /** Together with the reason what makes it this one, e.g. the hold's id and its review; the same is never told twice. */
  occasion: string;
  flowId: string;
  flowName: string;
  operationId: string | null;
  holdId: string | null;
  owner: string;
  ownerUser: string | null;
  exceptUser: string | null;
  reach: Reach;
  /** What happened and what to do, in words of our own: nothing out of a message, nothing that somebody typed. */
  sentence: string;
  facts: NoticeFacts;
}

export function noticeKey({ reason, occasion }: Pick<NoticeDraft, 'reason' | 'occasion'>): string {
  return `${reason} ${occasion}`;
}
