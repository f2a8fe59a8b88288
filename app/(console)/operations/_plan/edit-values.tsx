'use client';

import { useMutation } from '@tanstack/react-query';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { Notice } from '../../../_ui/states/notice';

/** What a message is changed to, shown when somebody asks: it may name a patient, and each look is audited. */
export function EditValues({ operation }: { operation: OperationView }) {
  const read = useMutation(useTRPC().operations.readEdit.mutationOptions());
  const { request } = operation;
  if (request.kind !== 'replay' || request.edit === undefined) return null;
  if (read.data === undefined) {
    return (
      <div className="space-y-2">
        <button type="button" className="button" disabled={read.isPending} onClick={() => read.mutate({ id: operation.id })}>
          {read.isPending ? 'Opening …' : 'Show the new values'}
        </button>
        <p className="text-muted">They may name a patient. Who looks is recorded.</p>
        {read.isError && <Notice severity="error" text={read.error.message} />}
      </div>
    );
  }
  if (read.data.changes.length === 0) return <p className="text-muted">The new values are no longer stored.</p>;
  return (
    <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
      {read.data.changes.map(({ at, to }) => (
        <div key={at} className="contents">
          <dt className="break-all text-muted">{at}</dt>
          <dd className="min-w-0 break-words max-sm:mb-1">{to === '' ? 'empty text' : to}</dd>
        </div>
      ))}
    </dl>
  );
}
