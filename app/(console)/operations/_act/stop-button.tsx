'use client';

import { useMutation } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { useOperationChanged } from './use-operation';

/** Stops without a question: what is in the air is finished, nothing new begins. */
export function StopButton({ operation }: { operation: OperationView }) {
  const stop = useMutation({ ...useTRPC().operations.stop.mutationOptions(), onSuccess: useOperationChanged() });
  const asked = operation.stopRequestedAt !== null || stop.isPending;
  return (
    <>
      <button type="button" className="button border-failing font-medium text-failing" disabled={asked} onClick={() => stop.mutate({ id: operation.id })}>
        <OctagonX size={14} aria-hidden />
        {asked ? 'Stopping …' : 'Stop'}
      </button>
      {stop.isError && (
        <p role="alert" className="basis-full text-failing">
          {stop.error.message}
        </p>
      )}
    </>
  );
}
