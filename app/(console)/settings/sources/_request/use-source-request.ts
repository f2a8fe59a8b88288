'use client';

import { useQuery } from '@tanstack/react-query';
import type { SourceRequestView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';

const POLL_MS = 1_000;

export function isOpen(request: Pick<SourceRequestView, 'state'>): boolean {
  return request.state === 'waiting' || request.state === 'running';
}

/** A test or discovery, asked for every second until a collector has answered it. */
export function useSourceRequest(requestId: string | null) {
  return useQuery({
    ...useTRPC().sources.request.queryOptions({ requestId: requestId ?? '' }),
    enabled: requestId !== null,
    refetchInterval: ({ state }) => (state.data === undefined || isOpen(state.data) ? POLL_MS : false),
  });
}
