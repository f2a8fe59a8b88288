'use client';

import { useQuery } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import Link from 'next/link';
import { useTRPC } from '../../_api/trpc';
import { formatCount } from '../../_ui/format/number';

const LOOK_MS = 10_000;

/** The way to the notices, with how many nobody looks after yet: on every page, because they escalate. */
export function NoticeBell() {
  const notices = useQuery({ ...useTRPC().notices.list.queryOptions(), refetchInterval: LOOK_MS });
  const count = notices.data?.unacknowledged ?? 0;
  return (
    <Link href="/notices" title="Notices" className="relative flex size-8 shrink-0 items-center justify-center rounded-sm hover:bg-raised">
      <Bell size={16} aria-hidden />
      <span className="sr-only">Notices</span>
      <span role="status" className={count === 0 ? 'sr-only' : 'absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-held px-1 text-center text-[11px] leading-4 font-semibold text-page tabular-nums'}>
        {count > 0 && formatCount(count)}
        {count > 0 && <span className="sr-only"> to look after</span>}
      </span>
    </Link>
  );
}
