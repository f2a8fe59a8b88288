import type { DiscoveredNode, DraftContract } from '@/server/domain/sources/discovery';
import { DataTable } from '../../../../../../_ui/data-table';
import { ROW_LINK } from '../../../../../../_ui/keyboard/row-keys';
import { EmptyState } from '../../../../../../_ui/states/empty-state';

interface Props {
  drafts: readonly DraftContract[];
  nodes: readonly DiscoveredNode[];
  onReview: (flowId: string) => void;
}

/** One line per draft, with how much of it was guessed. */
export function DraftTable({ drafts, nodes, onReview }: Props) {
  if (drafts.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="Nothing to draft">
          <p>Every channel that looks like one of a flow is named by a contract in force.</p>
        </EmptyState>
      </div>
    );
  }
  const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
  return (
    <DataTable
      caption="Draft contracts"
      rows={drafts}
      rowKey={({ flowId }) => flowId}
      columns={[
        {
          header: 'Flow',
          className: 'min-w-40',
          cell: ({ flowId, name }) => (
            <>
              <button {...ROW_LINK} type="button" className="min-h-[24px] text-left font-medium after:absolute after:inset-0 hover:underline" onClick={() => onReview(flowId)}>
                Review {name}
              </button>
              <span className="block text-muted">{flowId}</span>
            </>
          ),
        },
        { header: 'Channels', className: 'min-w-40 break-all', cell: ({ channels }) => [...new Set(channels.map((id) => nameOf.get(id) ?? id))].join(', ') },
        { header: 'Guesses', numeric: true, cell: ({ guesses }) => guesses.length },
      ]}
    />
  );
}
