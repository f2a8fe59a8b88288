'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import type { ChannelView, DeliveryView } from '@/server/services/notices/channels/channel-view';
import { useTRPC } from '../../../_api/trpc';
import { DataTable, type Column } from '../../../_ui/data-table';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { Notice } from '../../../_ui/states/notice';

const STATE_WORDS: Record<DeliveryView['state'], string> = { waiting: 'Waiting', delivered: 'Delivered', 'given-up': 'Given up' };

const COLUMNS: readonly Column<DeliveryView>[] = [
  { header: 'What', cell: ({ title, operationId }) => (operationId === null ? (title ?? 'Test') : <Link href={`/operations/${operationId}`} className="figure-link">{title}</Link>), className: 'min-w-40' },
  { header: 'Event', cell: ({ event }) => event },
  { header: 'State', cell: ({ state }) => <span className={state === 'given-up' ? 'font-medium text-failing' : ''}>{STATE_WORDS[state]}</span>, className: 'whitespace-nowrap' },
  { header: 'Attempts', cell: ({ attempts }) => attempts, numeric: true },
  { header: 'When', cell: ({ createdAt }) => <RelativeTime instant={createdAt} />, numeric: true },
  { header: 'Last answer', cell: ({ lastError, state }) => lastError ?? (state === 'delivered' ? 'taken' : ''), className: 'min-w-48' },
];

/** The newest deliveries of a channel, the ones that failed among them, which can be sent again. */
export function DeliveryTable({ channel }: { channel: ChannelView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const resend = useMutation({ ...trpc.notices.channels.resend.mutationOptions(), onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.notices.channels.list.queryKey() }) });
  const again: Column<DeliveryView> = {
    header: 'Again',
    cell: ({ id, title, event, state, attempts }) => state === 'given-up' || (state === 'waiting' && attempts > 0) ? (
      <button type="button" className="button" aria-label={`Send again: ${title ?? 'Test'}, ${event}`} disabled={resend.isPending || !channel.enabled} onClick={() => resend.mutate({ deliveryId: id })}>
        Send again
      </button>
    ) : null,
  };
  return (
    <>
      {resend.isError && <Notice severity="error" text={resend.error.message} />}
      <DataTable caption={`What was sent to ${channel.name}`} columns={[...COLUMNS, again]} rows={channel.recent} rowKey={({ id }) => id} />
    </>
  );
}
