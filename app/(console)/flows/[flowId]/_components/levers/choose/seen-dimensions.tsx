'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../../../../_api/trpc';

const ROWS = 200;

interface SeenDimensions {
  payer: string[];
  facility: string[];
  reason: string[];
}

/** Payers, facilities and reasons of the newest failed messages: names to choose from instead of guessing their spelling. */
export function useSeenDimensions(flowId: string): SeenDimensions {
  const { data } = useQuery({ ...useTRPC().failures.byFlow.queryOptions({ flowId, limit: ROWS }), staleTime: 60_000 });
  const items = data?.items ?? [];
  return {
    payer: once(items.flatMap(({ payerId }) => payerId ?? [])),
    facility: once(items.flatMap(({ facilityId }) => facilityId ?? [])),
    reason: once(items.flatMap(({ reason }) => reason ?? [])),
  };
}

export function Suggestions({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value}>{value}</option>
      ))}
    </datalist>
  );
}

function once(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted((a, b) => a.localeCompare(b));
}
