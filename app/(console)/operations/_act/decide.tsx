'use client';

import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { CountdownTo } from '../../../_ui/live/countdown';
import { Notice } from '../../../_ui/states/notice';
import { shortHash } from '../_words/plan-sentences';
import { useOperationChanged } from './use-operation';

type Choice = 'approve' | 'reject';

/** The second person's decision: of this plan and no other. A tap opens the question, a second one answers it. */
export function Decide({ operation, planHash }: { operation: OperationView; planHash: string }) {
  const trpc = useTRPC();
  const changed = useOperationChanged();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [words, setWords] = useState('');
  const id = useId();
  const approve = useMutation({ ...trpc.operations.approve.mutationOptions(), onSuccess: changed });
  const reject = useMutation({ ...trpc.operations.reject.mutationOptions(), onSuccess: changed });
  const pending = approve.isPending || reject.isPending;
  const error = approve.error ?? reject.error;
  const { may } = operation;

  if (!may.approve.allowed && !may.reject.allowed) return may.approve.because === '' ? null : <p className="text-muted">{may.approve.because}</p>;

  const choose = (next: Choice) => {
    setChoice(choice === next ? null : next);
    approve.reset();
    reject.reset();
  };
  const submit = () => {
    const text = words.trim();
    if (choice === 'approve') approve.mutate({ id: operation.id, planHash, ...(text === '' ? {} : { comment: text }) });
    else reject.mutate({ id: operation.id, reason: text });
  };
  return (
    <div className="space-y-3">
      <p>
        <span className="text-muted">Expires </span>
        {operation.approvalExpiresAt === null ? 'not' : <CountdownTo at={operation.approvalExpiresAt} />}
      </p>
      <div className="flex gap-2 max-sm:*:min-h-11 max-sm:*:flex-1 max-sm:*:justify-center">
        <button type="button" className={`button ${choice === null ? 'button-primary' : ''}`} aria-expanded={choice === 'approve'} aria-controls={id} disabled={!may.approve.allowed} onClick={() => choose('approve')}>
          Approve …
        </button>
        <button type="button" className="button" aria-expanded={choice === 'reject'} aria-controls={id} disabled={!may.reject.allowed} onClick={() => choose('reject')}>
          Reject …
        </button>
      </div>
      {!may.approve.allowed && <p className="text-muted">{may.approve.because}</p>}
      <div id={id}>
        {choice !== null && (
          <form
            className="space-y-3 border-l-2 border-accent pl-3"
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <p>
              {choice === 'approve'
                ? `You approve the plan ${shortHash(planHash)} and no other. It begins ${operation.firstBy === null ? 'when a second person has approved it too' : 'at once'}; if anything has changed since, it refuses to run.`
                : 'The operation ends without having done anything. The requester sees your reason.'}
            </p>
            <label className="block">
              <span className="mb-1 block font-medium">{choice === 'approve' ? 'Comment, if you like' : 'Reason'}</span>
              <textarea
                autoFocus
                className="field h-auto w-full scroll-mb-44 py-1"
                rows={2}
                maxLength={500}
                required={choice === 'reject'}
                minLength={choice === 'reject' ? 3 : undefined}
                value={words}
                onChange={(event) => setWords(event.target.value)}
              />
            </label>
            {error !== null && <Notice severity="error" text={error.message} />}
            <button type="submit" className={`button max-sm:min-h-11 max-sm:w-full max-sm:justify-center ${choice === 'approve' ? 'button-primary' : 'border-failing text-failing'}`} disabled={pending}>
              {choice === 'approve' ? `Approve plan ${shortHash(planHash)}` : 'Reject it'}
            </button>
          </form>
        )}
      </div>
    </div>
  );
}
