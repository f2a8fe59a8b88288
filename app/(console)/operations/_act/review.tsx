'use client';

import { useMutation } from '@tanstack/react-query';
import { actorInWords } from '@/server/domain/roles/actor';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { formText } from '../../../_ui/form-text';
import { Notice } from '../../../_ui/states/notice';
import { useOperationChanged } from './use-operation';

/** The review of an operation that began in an emergency without a second person. */
export function Review({ operation }: { operation: OperationView }) {
  const review = useMutation({ ...useTRPC().operations.review.mutationOptions(), onSuccess: useOperationChanged() });
  const { may } = operation;
  return (
    <div className="space-y-3">
      <Notice
        severity="warning"
        text={`${actorInWords(operation.requestedBy)} began this in an emergency, without a second person.`}
        action={may.review.allowed ? 'Read what it did, then sign the review.' : `The review is open. ${may.review.because}`}
      />
      {may.review.allowed && (
        <form
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault();
            review.mutate({ id: operation.id, comment: formText(new FormData(event.currentTarget), 'comment') });
          }}
        >
          <label className="block">
            <span className="mb-1 block font-medium">What you found</span>
            <textarea className="field h-auto w-full py-1" name="comment" rows={2} required minLength={3} maxLength={500} />
          </label>
          {review.isError && <Notice severity="error" text={review.error.message} />}
          <button type="submit" className="button button-primary max-sm:min-h-11 max-sm:w-full max-sm:justify-center" disabled={review.isPending}>
            Sign the review
          </button>
        </form>
      )}
    </div>
  );
}
