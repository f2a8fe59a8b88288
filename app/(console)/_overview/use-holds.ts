'use client';

import { useQuery } from '@tanstack/react-query';
import type { HoldView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../_api/trpc';
import { useRefreshInterval } from '../../_ui/live/refresh';
import { holdsByFlow } from '../operations/_words/hold-words';

/** Holds and reroutes in place by flow; empty until they are known. */
export function useHolds(): ReadonlyMap<string, HoldView[]> {
  const holds = useQuery({ ...useTRPC().operations.holds.queryOptions({}), refetchInterval: useRefreshInterval() });
  return holdsByFlow(holds.data?.items ?? []);
}
