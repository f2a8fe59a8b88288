import Link from 'next/link';
import { actorInWords } from '@/server/domain/roles/actor';
import type { OperationSummary } from '@/server/services/operations/operation-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { NOT_KNOWN } from '../../../_ui/format/number';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { OperationMark } from '../_marks/operation-mark';
import { messagesOf } from '../_words/extent-words';
import { KIND_WORDS, operationTitle, whereWords } from '../_words/operation-words';
import { progressFigures } from '../_words/progress-figures';

/** One row per operation: how it stands, what it does where, who asked for it. */
export function OperationTable({ operations, caption, ofFlow = false }: { operations: readonly OperationSummary[]; caption: string; ofFlow?: boolean }) {
  const columns: Column<OperationSummary>[] = [
    { header: 'State', className: 'align-top w-44 max-sm:hidden', cell: (operation) => <State operation={operation} /> },
    {
      header: 'Operation',
      // On a phone it carries the rest.
      className: 'align-top sm:min-w-44 max-sm:px-4! max-sm:py-2!',
      cell: (operation) => (
        <>
          <span className="flex flex-wrap gap-x-3 sm:hidden">
            <State operation={operation} />
          </span>
          <Link {...ROW_LINK} href={`/operations/${operation.id}`} className="font-medium after:absolute after:inset-0 hover:underline">
            {ofFlow ? KIND_WORDS[operation.kind].name : operationTitle(operation)}
          </Link>
          <span className="block text-muted">{whereWords(operation)}</span>
          <span className="block break-words sm:hidden">{operation.summary}</span>
          <span className="block text-muted sm:hidden">
            {actorInWords(operation.requestedBy)}, <RelativeTime instant={operation.requestedAt} />
          </span>
        </>
      ),
    },
    { header: 'What happens, or how it ended', className: 'align-top min-w-64 max-sm:hidden', cell: ({ summary }) => <span className="break-words">{summary}</span> },
    { header: 'Acted on', numeric: true, className: 'align-top max-sm:hidden', cell: (operation) => <Acted operation={operation} /> },
    { header: 'Asked for by', className: 'align-top break-words max-sm:hidden', cell: ({ requestedBy }) => actorInWords(requestedBy) },
    { header: 'Asked for', className: 'align-top max-sm:hidden', cell: ({ requestedAt }) => <RelativeTime instant={requestedAt} /> },
  ];
  return <DataTable caption={caption} rows={operations} rowKey={({ id }) => id} columns={columns} />;
}

function State({ operation }: { operation: OperationSummary }) {
  return (
    <>
      <OperationMark state={operation.state} />
      {operation.reviewOpen && <span className="block font-medium text-failing">emergency, review open</span>}
      {operation.undecided > 0 && <span className="block font-medium text-degraded">{messagesOf(`${operation.undecided}`)} to decide on</span>}
    </>
  );
}

function Acted({ operation }: { operation: OperationSummary }) {
  const { total, acted } = progressFigures({ items: operation.items, progress: {} });
  return total === 0 ? NOT_KNOWN : `${acted} of ${total}`;
}
