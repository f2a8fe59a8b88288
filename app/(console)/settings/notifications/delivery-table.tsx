import Link from 'next/link';
import type { ChannelView, DeliveryView } from '@/server/services/notices/channels/channel-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { RelativeTime } from '../../../_ui/live/relative-time';

const STATE_WORDS: Record<DeliveryView['state'], string> = { waiting: 'Waiting', delivered: 'Delivered', 'given-up': 'Given up' };

const COLUMNS: readonly Column<DeliveryView>[] = [
  { header: 'What', cell: ({ title, operationId }) => (operationId === null ? (title ?? 'Test') : <Link href={`/operations/${operationId}`} className="figure-link">{title}</Link>), className: 'min-w-40' },
  { header: 'Event', cell: ({ event }) => event },
  { header: 'State', cell: ({ state }) => <span className={state === 'given-up' ? 'font-medium text-failing' : ''}>{STATE_WORDS[state]}</span>, className: 'whitespace-nowrap' },
  { header: 'Attempts', cell: ({ attempts }) => attempts, numeric: true },
  { header: 'When', cell: ({ createdAt }) => <RelativeTime instant={createdAt} />, numeric: true },
  { header: 'Last answer', cell: ({ lastError, state }) => lastError ?? (state === 'delivered' ? 'taken' : ''), className: 'min-w-48' },
];

/** The newest deliveries of a channel, the ones that failed among them. */
export function DeliveryTable({ channel }: { channel: ChannelView }) {
  return <DataTable caption={`What was sent to ${channel.name}`} columns={COLUMNS} rows={channel.recent} rowKey={({ id }) => id} />;
}
