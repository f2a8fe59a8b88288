'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { HoldView } from '@/server/services/operations/operation-view';
import { useTRPC } from '../../_api/trpc';
import { countOf } from '../../_ui/format/number';
import { useRefreshInterval } from '../../_ui/live/refresh';
import { Section } from '../../_ui/section';
import { usePermission } from '../_session/permission';
import { HoldTable } from '../operations/_holds/hold-table';
import { OperationTable } from '../operations/_list/operation-table';
import { LeversDisabled } from '../operations/_switch/levers-disabled';

/** So many operations are shown; the rest is on their page. */
const ROWS = 5;

/** What people have in hand now: decisions that wait for the viewer, holds, operations. Nothing at all while nothing is. */
export function InProgress({ holds }: { holds: ReadonlyMap<string, HoldView[]> }) {
  const trpc = useTRPC();
  const refetchInterval = useRefreshInterval();
  const mayRead = usePermission('operations:read') === true;
  const mayApprove = usePermission('operations:approve') === true;
  const open = useQuery({ ...trpc.operations.list.queryOptions({ state: 'open', limit: ROWS + 1 }), enabled: mayRead, refetchInterval });
  const approvals = useQuery({ ...trpc.operations.approvals.queryOptions(), enabled: mayApprove, refetchInterval });
  const levers = useQuery({ ...trpc.operations.switch.queryOptions(), refetchInterval });
  const waiting = approvals.data?.items.length ?? 0;
  const decided = open.data?.items ?? [];
  const operations = decided.slice(0, ROWS);
  const inPlace = [...holds.values()].flat();
  const disabled = levers.data?.disabled ?? null;
  if (waiting === 0 && operations.length === 0 && inPlace.length === 0 && disabled === null) return null;
  return (
    <Section
      title="In progress"
      note={
        waiting > 0 && (
          <Link href="/approvals" className="figure-link font-medium text-held">
            {countOf(waiting, 'decision waits', 'decisions wait')} for you
          </Link>
        )
      }
    >
      <div className="space-y-3">
        {disabled !== null && (
          <div className="px-4">
            <LeversDisabled disabled={disabled} />
          </div>
        )}
        {inPlace.length > 0 && <HoldTable holds={inPlace} />}
        {operations.length > 0 && <OperationTable operations={operations} caption="Open operations" />}
        {mayRead && decided.length > ROWS && (
          <p className="px-4">
            <Link href="/operations" className="figure-link text-accent">
              All open operations
            </Link>
          </p>
        )}
      </div>
    </Section>
  );
}
