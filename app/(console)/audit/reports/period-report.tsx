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
  { header: 'Begun', cell: ({ from }) => <time dateTime={from}>{formatInstant(from)}</time>, className: 'align-top whitespace-nowrap max-md:hidden' },
  {
    header: 'Operation',
    className: 'align-top md:min-w-40 max-md:px-4! max-md:py-2!',
    cell: (acts) => (
      <>
        <Link href={subjectHref(acts.subject) ?? '/operations'} className="figure-link font-medium">
          {acts.flowId ?? 'operation'}
        </Link>
        <span className="block text-muted">{acts.lastAction === null ? 'nothing was done' : `last: ${acts.lastAction}`}</span>
        <OnPhone acts={acts} />
      </>
    ),
  },
  { header: 'Asked for by', cell: ({ requestedBy }) => listed(requestedBy), className: 'align-top break-all min-w-36 max-md:hidden' },
  { header: 'Confirmed by', cell: (acts) => <Confirmed acts={acts} />, className: 'align-top break-all min-w-36 max-md:hidden' },
  { header: 'Approved or reviewed by', cell: ({ approvedBy }) => listed(approvedBy), className: 'align-top break-all min-w-36 max-md:hidden' },
  { header: 'Reason and ticket', cell: ({ reasons, tickets }) => listed([...reasons, ...tickets]), className: 'align-top break-words min-w-44 max-md:hidden' },
  { header: 'Refused', cell: ({ refusals }) => listed(refusals), className: 'align-top break-words min-w-44 text-muted max-md:hidden' },
];

function Confirmed({ acts: { confirmedBy, emergency } }: { acts: OperationActs }) {
  return (
    <>
      {listed(confirmedBy)}
      {emergency && <span className="block font-medium text-failing">emergency, no second person</span>}
    </>
  );
}

/** What the other columns say, under terms. */
function OnPhone({ acts }: { acts: OperationActs }) {
  const { from, requestedBy, approvedBy, reasons, tickets, refusals } = acts;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 md:hidden [&_dd]:[overflow-wrap:anywhere] [&_dt]:text-muted">
      <dt>Begun</dt>
      <dd>
        <time dateTime={from}>{formatInstant(from)}</time>
      </dd>
      <dt>Asked for by</dt>
      <dd>{listed(requestedBy)}</dd>
      <dt>Confirmed by</dt>
      <dd>
        <Confirmed acts={acts} />
      </dd>
      <dt>Approved by</dt>
      <dd>{listed(approvedBy)}</dd>
      <dt>Reason</dt>
      <dd>{listed([...reasons, ...tickets])}</dd>
      {refusals.length > 0 && (
        <>
          <dt>Refused</dt>
          <dd>{listed(refusals)}</dd>
        </>
      )}
    </dl>
  );
}

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
