'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import Link from 'next/link';
import { actorInWords } from '@/server/domain/roles/actor';
import type { NoticeView } from '@/server/services/notices/notice-view';
import { useTRPC } from '../../_api/trpc';
import { CountdownTo } from '../../_ui/live/countdown';
import { RelativeTime } from '../../_ui/live/relative-time';
import { Notice } from '../../_ui/states/notice';
import { toldWords } from './notice-words';

/** One notice: what happened, where to act, and the button that says "I look after it". */
export function NoticeCard({ notice }: { notice: NoticeView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const acknowledge = useMutation({
    ...trpc.notices.acknowledge.mutationOptions(),
    onSuccess: () => queryClient.invalidateQueries(trpc.notices.list.queryFilter()),
  });
  const id = `notice-${notice.id}`;
  const href = notice.operationId === null ? `/flows/${encodeURIComponent(notice.flowId)}` : `/operations/${notice.operationId}`;
  const isNew = notice.acknowledgedAt === null;
  return (
    <article aria-labelledby={id} className={`border-y border-line bg-panel px-4 py-3 ${isNew ? 'border-l-2 border-l-degraded' : ''}`}>
      <div className="max-w-3xl space-y-2">
        <h2 id={id} className={isNew ? 'font-semibold' : 'font-medium text-muted'}>
          {notice.title}
        </h2>
        <p className="break-words">{notice.sentence}</p>
        <p className="break-words text-muted">
          Raised <RelativeTime instant={notice.raisedAt} />. Told: {toldWords(notice.told)}. {actorInWords(notice.owner)} answers for it.
          {notice.acknowledgedBy !== null && notice.acknowledgedAt !== null && (
            <>
              {' '}
              Acknowledged by {actorInWords(notice.acknowledgedBy)} <RelativeTime instant={notice.acknowledgedAt} />.
            </>
          )}
          {notice.escalatesAt !== null && (
            <>
              {' '}
              More people are told <CountdownTo at={notice.escalatesAt} />.
            </>
          )}
        </p>
        {acknowledge.isError && <Notice severity="error" text={acknowledge.error.message} />}
        <div className="flex flex-wrap gap-2 max-sm:*:min-h-11 max-sm:*:flex-1 max-sm:*:justify-center">
          <Link href={href} className="button">
            {notice.operationId === null ? 'Open the flow' : 'Open the operation'}
          </Link>
          {isNew && (
            <button type="button" className="button button-primary" disabled={acknowledge.isPending} onClick={() => acknowledge.mutate({ noticeId: notice.id })}>
              <Check size={14} aria-hidden />
              Acknowledge
              <span className="sr-only">: {notice.title}</span>
            </button>
          )}
        </div>
      </div>
    </article>
  );
}
