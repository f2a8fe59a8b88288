'use client';

import { useMutation } from '@tanstack/react-query';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { newId } from '../../../_ui/new-id';

/** Asks for the same once more, as a new operation with a new plan: where a plan is stale, or none came about. */
export function useAskAgain(operation: OperationView, onAsked: (operationId: string) => void): { ask: () => void; problem: string | null } {
  const trpc = useTRPC();
  const request = useMutation({ ...trpc.operations.request.mutationOptions(), onSuccess: ({ id }) => onAsked(id) });
  const cancel = useMutation(trpc.operations.cancel.mutationOptions());
  return {
    ask: () => {
      if (operation.may.cancel.allowed) cancel.mutate({ id: operation.id });
      request.mutate({ ...operation.request, id: newId() });
    },
    problem: request.error?.message ?? null,
  };
}
