import type { SystemHealth } from '@/server/services/system/system-view';
import { DataTable } from '../../../_ui/data-table';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { EmptyState } from '../../../_ui/states/empty-state';

/** What is wrong with contract files, by place and rule. */
export function ContractProblems({ problems }: { problems: SystemHealth['contractProblems'] }) {
  if (problems.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="All contracts are in force without a problem" />
      </div>
    );
  }
  return (
    <DataTable
      caption="Contract problems"
      rows={problems}
      rowKey={({ file, line, rule, message }) => `${file}:${line}:${rule}:${message}`}
      columns={[
        {
          header: 'Where',
          cell: ({ file, line }) => (line === null ? file : `${file}:${line}`),
          className: 'break-all min-w-40',
        },
        { header: 'Rule', cell: ({ rule }) => rule, className: 'whitespace-nowrap' },
        { header: 'What is wrong', cell: ({ message }) => message, className: 'min-w-64' },
        { header: 'Found', cell: ({ foundAt }) => <RelativeTime instant={foundAt} />, numeric: true },
      ]}
    />
  );
}
