'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../_api/trpc';
import { formatCount } from '../../_ui/format/number';

const LOOK_MS = 10_000;

/** How many decisions wait for the viewer: on every page, because an approval expires. Nothing where nothing waits. */
export function WaitingCount() {
  const approvals = useQuery({ ...useTRPC().operations.approvals.queryOptions(), refetchInterval: LOOK_MS });
  const count = approvals.data?.items.length ?? 0;
  return (
    <span role="status" className={count === 0 ? 'sr-only' : 'min-w-5 rounded-full bg-held px-1.5 text-center text-xs leading-5 font-semibold text-page tabular-nums'}>
      {count > 0 && formatCount(count)}
      {count > 0 && <span className="sr-only"> waiting for you</span>}
    </span>
  );
}
