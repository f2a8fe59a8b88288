'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { OperationActs } from '@/server/domain/audit/operation-acts';
import { useTRPC } from '../../../_api/trpc';
import { DataTable, type Column } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { NOT_KNOWN } from '../../../_ui/format/number';
import { Section } from '../../../_ui/section';
import { FailureState } from '../../../_ui/states/failure-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { subjectHref } from '../_event/subject-href';
import { AuditTable } from '../_list/audit-table';
import { WhenField } from '../_form/when-field';

const listed = (texts: readonly string[]) => (texts.length === 0 ? NOT_KNOWN : texts.join('; '));

const COLUMNS: readonly Column<OperationActs>[] = [
  { header: 'Begun', cell: ({ from }) => <time dateTime={from}>{formatInstant(from)}</time>, className: 'align-top whitespace-nowrap' },
  {
    header: 'Operation',
    className: 'align-top min-w-40',
    cell: ({ subject, flowId, lastAction }) => (
      <>
        <Link href={subjectHref(subject) ?? '/operations'} className="figure-link font-medium">
          {flowId ?? 'operation'}
        </Link>
        <span className="block text-muted">{lastAction === null ? 'nothing was done' : `last: ${lastAction}`}</span>
      </>
    ),
  },
  { header: 'Asked for by', cell: ({ requestedBy }) => listed(requestedBy), className: 'align-top break-all min-w-36' },
  { header: 'Confirmed by', cell: ({ confirmedBy, emergency }) => <>{listed(confirmedBy)}{emergency && <span className="block font-medium text-failing">emergency, no second person</span>}</>, className: 'align-top break-all min-w-36' },
  { header: 'Approved or reviewed by', cell: ({ approvedBy }) => listed(approvedBy), className: 'align-top break-all min-w-36' },
  { header: 'Reason and ticket', cell: ({ reasons, tickets }) => listed([...reasons, ...tickets]), className: 'align-top break-words min-w-44' },
  { header: 'Refused', cell: ({ refusals }) => listed(refusals), className: 'align-top break-words min-w-44 text-muted' },
];

interface Props {
  permitted: boolean;
  from: string;
  until: string;
  onPeriod: (period: { from?: string | null; until?: string | null }) => void;
}

/** Operations with everybody who had a part in them, and changes of contracts. */
export function PeriodReport({ permitted, from, until, onPeriod }: Props) {
  const report = useQuery({ ...useTRPC().audit.reports.period.queryOptions({ from, until }), enabled: permitted, placeholderData: keepPreviousData });
  return (
    <>
      <Section title="Operations and who approved them" note="In the period">
        <div className="flex flex-wrap gap-3 px-4 pb-3">
          <WhenField label="From" value={from} onChange={(instant) => onPeriod({ from: instant })} />
          <WhenField label="Until" value={until} onChange={(instant) => onPeriod({ until: instant })} />
        </div>
        {report.isError ? (
          <div className="px-4">
            <FailureState error={report.error} what="the report" onRetry={() => void report.refetch()} />
          </div>
        ) : report.data === undefined ? (
          <TableSkeleton what="operations" rows={3} />
        ) : report.data.operations.length === 0 ? (
          <p className="px-4 text-muted">No operation was asked for in this period.</p>
        ) : (
          <DataTable caption="Operations and who approved them" rows={report.data.operations} rowKey={({ subject }) => subject} columns={COLUMNS} />
        )}
      </Section>
      {report.data !== undefined && (
        <Section title="Changes of contracts" note="In the same period">
          {report.data.contracts.length === 0 ? <p className="px-4 text-muted">No contract changed in this period.</p> : <AuditTable events={report.data.contracts} caption="Changes of contracts" />}
        </Section>
      )}
    </>
  );
}
