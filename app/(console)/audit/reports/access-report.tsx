'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AccessReport as Report } from '@/server/services/audit/read-access-report';
import { useTRPC } from '../../../_api/trpc';
import { DataTable, type Column } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { Section } from '../../../_ui/section';
import { EmptyState } from '../../../_ui/states/empty-state';
import { FailureState } from '../../../_ui/states/failure-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { grantWords } from '../_event/grant-words';
import { WhenField } from '../_form/when-field';

type Holder = Report['holders'][number];

const kindWords = ({ kind }: Holder) => (kind === 'user' ? 'person' : 'machine');
const rolesWords = ({ grants }: Holder) => grants.map(grantWords).join('; ') || 'none';
const witnessWords = ({ witness }: Holder) => (witness === 'trail' ? 'audit trail' : 'not in the trail');

const COLUMNS: readonly Column<Holder>[] = [
  { header: 'Who', cell: (holder) => <Who holder={holder} />, className: 'align-top md:min-w-44 max-md:px-4! max-md:py-2!' },
  { header: 'Kind', cell: kindWords, className: 'align-top max-md:hidden' },
  { header: 'Roles and scopes', cell: rolesWords, className: 'align-top min-w-48 max-md:hidden' },
  { header: 'Since', cell: ({ since }) => <time dateTime={since}>{formatInstant(since)}</time>, className: 'align-top whitespace-nowrap max-md:hidden' },
  { header: 'Witness', cell: witnessWords, className: 'align-top whitespace-nowrap max-md:hidden' },
];

/** On a phone it carries what else there is no room for. */
function Who({ holder }: { holder: Holder }) {
  const { label, name, since } = holder;
  return (
    <>
      <span className="font-medium break-all">{label}</span>
      <span className="block text-muted">{name}</span>
      <span className="block break-words md:hidden">{rolesWords(holder)}</span>
      <span className="block text-muted md:hidden">
        {kindWords(holder)} since <time dateTime={since}>{formatInstant(since)}</time>, {witnessWords(holder)}
      </span>
    </>
  );
}

/** Users and tokens that could get in at an instant. */
export function AccessReport({ permitted, at, onAt }: { permitted: boolean; at: string; onAt: (at: string | null) => void }) {
  const report = useQuery({ ...useTRPC().audit.reports.access.queryOptions({ at }), enabled: permitted, placeholderData: keepPreviousData });
  return (
    <Section title="Who had access" note="People and machines that could get in at this instant, with their roles of then">
      <div className="px-4 pb-3">
        <WhenField label="At" value={at} onChange={onAt} />
      </div>
      {report.isError ? (
        <div className="px-4">
          <FailureState error={report.error} what="the report" onRetry={() => void report.refetch()} />
        </div>
      ) : report.data === undefined ? (
        <TableSkeleton what="who had access" rows={6} />
      ) : report.data.holders.length === 0 ? (
        <div className="px-4">
          <EmptyState title="Nobody could get in at this instant" />
        </div>
      ) : (
        <>
          <DataTable caption="Who had access" rows={report.data.holders} rowKey={({ kind, id }) => `${kind} ${id}`} columns={COLUMNS} />
          {report.data.holders.some(({ witness }) => witness === 'table') && (
            <p className="max-w-prose px-4 pt-2 text-muted">
              Not in the trail: was there before the trail began{report.data.trailBegan === null ? '' : ` on ${formatInstant(report.data.trailBegan)}`}, or was not added by Signalbox. Taken from the tables as they are now.
            </p>
          )}
        </>
      )}
    </Section>
  );
}
