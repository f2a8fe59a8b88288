'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../_api/trpc';
import { Dialog } from '../../../_ui/dialog';
import { useRefreshInterval, useReportRefresh } from '../../../_ui/live/refresh';
import { EmptyState } from '../../../_ui/states/empty-state';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { ChannelForm } from './channel-form';
import { ChannelPanel } from './channel-panel';

/** Where notices are sent to, and whether they arrive. */
export function NotificationsScreen() {
  const permitted = usePermission('settings:manage');
  const [adding, setAdding] = useState(false);
  const channels = useQuery({ ...useTRPC().notices.channels.list.queryOptions(), enabled: permitted === true, refetchInterval: useRefreshInterval() });
  useReportRefresh(channels.data?.asOf, channels.isFetching, channels.isError);
  return (
    <div className="space-y-4 pt-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4">
        <div>
          <h1 className="text-xl font-semibold">Notifications</h1>
          <p className="text-muted">Notices are shown to those whom they concern. Here they are sent to a pager or chat as well, by signed webhooks.</p>
        </div>
        {permitted === true && (
          <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
            Add a webhook
          </button>
        )}
      </div>
      <Dialog open={adding} onClose={() => setAdding(false)} title="Add a webhook">
        <ChannelForm channel={null} onDone={() => setAdding(false)} />
      </Dialog>
      {permitted === false ? (
        <ForbiddenState what="notification channels" permission="settings:manage" />
      ) : channels.data !== undefined ? (
        channels.data.items.length === 0 ? (
          <div className="px-4">
            <EmptyState title="Nothing is sent anywhere">
              <p>Signalbox opens no connection for notices until you add an address.</p>
            </EmptyState>
          </div>
        ) : (
          channels.data.items.map((channel) => <ChannelPanel key={channel.id} channel={channel} />)
        )
      ) : channels.isError ? (
        <div className="px-4">
          <FailureState error={channels.error} what="notification channels" onRetry={() => void channels.refetch()} />
        </div>
      ) : (
        <TableSkeleton what="notification channels" rows={3} />
      )}
    </div>
  );
}
