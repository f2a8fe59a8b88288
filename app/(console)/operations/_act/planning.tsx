'use client';

import Link from 'next/link';
import type { OperationView } from '@/server/services/operations/operation-view';
import { useNow } from '../../../_ui/live/now';
import { Loading, Skeleton } from '../../../_ui/states/skeleton';

/** A collector looks again and again for work; that nobody took it up for so long needs an explanation. */
const LONG_MS = 15_000;

/** The plan is being computed: where it will stand, and what to do when it does not come. */
export function Planning({ operation }: { operation: OperationView | null }) {
  const now = useNow();
  const waits = operation !== null && now - Date.parse(operation.requestedAt) > LONG_MS;
  return (
    <div className="space-y-4">
      <p role="status" className="flex items-center gap-2">
        <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-line-strong border-t-accent motion-reduce:animate-none" />
        A collector looks at the source and computes the plan. Nothing is changed.
      </p>
      {waits && (
        <p className="text-muted">
          It takes longer than usual. See whether the collectors run under{' '}
          <Link href="/settings/health" className="figure-link text-accent">
            Settings, Health of Signalbox
          </Link>
          .
        </p>
      )}
      <Loading what="the plan">
        <div className="space-y-3">
          <Skeleton className="h-5 w-full max-w-lg" />
          <Skeleton className="h-10 w-full max-w-md" />
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-16 w-full" />
        </div>
      </Loading>
    </div>
  );
}
