'use client';

import { useQuery } from '@tanstack/react-query';
import { isOver } from '@/server/domain/operations/hold-states';
import { useTRPC } from '../../../../../../_api/trpc';
import { useLeverForm } from './lever-form';

/** The other holds that the same operation made: released along with this one in reverse order, or left for later. Nothing where there are none. */
export function FurtherHolds() {
  const { draft, change, problems } = useLeverForm();
  const holds = useQuery(useTRPC().operations.holds.queryOptions({ flowId: draft.flowId }));
  const open = (holds.data?.items ?? []).filter(({ kind, state }) => kind === 'pause' && !isOver(state));
  const chosen = open.find(({ id }) => id === draft.holdId);
  const others = open.filter(({ id, openedBy }) => id !== draft.holdId && openedBy === chosen?.openedBy).toSorted((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt));
  if (others.length === 0) return null;
  const all = draft.furtherHolds.length > 0;
  return (
    <div>
      <label className="flex gap-2">
        <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" checked={all} onChange={() => change({ furtherHolds: all ? [] : others.map(({ id }) => id) })} />
        <span className="font-medium">Release what the same operation holds elsewhere too</span>
      </label>
      <p className="pl-6 break-words text-muted">
        After {chosen?.hopId}: {others.map(({ hopId }) => hopId).join(', then ')}. Left out, they stay held, and each can be released by itself.
      </p>
      {Object.entries(problems).filter(([path]) => path.startsWith('further')).map(([path, problem]) => (
        <p key={path} className="text-failing first-letter:uppercase">
          {problem}
        </p>
      ))}
    </div>
  );
}
