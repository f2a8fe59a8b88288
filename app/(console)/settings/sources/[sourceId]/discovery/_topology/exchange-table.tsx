import type { DiscoveredNode, Discovery } from '@/server/domain/sources/discovery';
import { DataTable } from '../../../../../../_ui/data-table';

/** What the lines begin at, with what a person should know about each. */
export function ExchangeTable({ exchanges, discovery }: { exchanges: readonly DiscoveredNode[]; discovery: Discovery }) {
  const nameOf = (id: string) => discovery.nodes.find((node) => node.id === id)?.name ?? id;
  const from = (id: string, kind: 'binding' | 'alternate') => discovery.edges.filter((edge) => edge.kind === kind && edge.from === id);
  return (
    <DataTable
      caption="Exchanges"
      rows={exchanges}
      rowKey={({ id }) => id}
      columns={[
        { header: 'Exchange', cell: ({ name }) => <span className="font-medium break-words">{name === '' ? 'default exchange' : name}</span>, className: 'min-w-40' },
        { header: 'Facts', cell: ({ facts }) => facts.map(({ label, text }) => `${label} ${text}`).join(' · '), className: 'min-w-40' },
        { header: 'Bindings', cell: ({ id }) => from(id, 'binding').length, numeric: true },
        { header: 'Alternate', cell: ({ id }) => from(id, 'alternate').map(({ to }) => nameOf(to)).join(', ') || 'none', className: 'break-words' },
        { header: 'To know', cell: ({ notes }) => notes.join(' '), className: 'min-w-48' },
      ]}
    />
  );
}
