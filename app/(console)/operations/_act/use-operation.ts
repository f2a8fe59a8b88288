'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { isFinal } from '@/server/domain/operations/operation-states';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../../_api/trpc';
import { REFRESH_MS, useRefresh } from '../../../_ui/live/refresh';
import { isMoving } from '../_words/operation-words';

const PLANNING_MS = 500;
const MOVING_MS = 1_000;

/** One operation, live: as often as something can change. Its plan is waited for even while refreshing is paused. */
export function useOperation(id: string) {
  const { paused } = useRefresh();
  return useQuery({
    ...useTRPC().operations.byId.queryOptions({ id }),
    refetchInterval: ({ state: { data } }) => {
      if (data?.state === 'draft') return PLANNING_MS;
      if (paused) return false;
      if (data === undefined || (!isFinal(data.state) && !isMoving(data.state))) return REFRESH_MS;
      return isMoving(data.state) ? MOVING_MS : false;
    },
  });
}

/** What to do when an act answered: show it at once, and let every list ask again. */
export function useOperationChanged(): (operation: OperationView) => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async (operation) => {
    queryClient.setQueryData(trpc.operations.byId.queryKey({ id: operation.id }), operation);
    await queryClient.invalidateQueries(trpc.operations.pathFilter());
  };
}
