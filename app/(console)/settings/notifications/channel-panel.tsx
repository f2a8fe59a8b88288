'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChannelView } from '@/server/services/notices/channels/channel-view';
import { useTRPC } from '../../../_api/trpc';
import { ConsequencesDialog } from '../../../_ui/consequences-dialog';
import { Dialog } from '../../../_ui/dialog';
import { formatCount } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';
import { NewSecret } from '../tokens/new-secret';
import { ChannelForm } from './channel-form';
import { DeliveryTable } from './delivery-table';

/** One address: whether notices arrive there, and what can be done about it. */
export function ChannelPanel({ channel }: { channel: ChannelView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'remove' | 'secret' | null>(null);
  const close = () => setOpen(null);
  const onSuccess = () => queryClient.invalidateQueries(trpc.notices.channels.list.queryFilter());
  const test = useMutation({ ...trpc.notices.channels.test.mutationOptions(), onSuccess });
  const update = useMutation({ ...trpc.notices.channels.update.mutationOptions(), onSuccess });
  const renew = useMutation({ ...trpc.notices.channels.renewSecret.mutationOptions(), onSuccess });
  const remove = useMutation({ ...trpc.notices.channels.remove.mutationOptions(), onSuccess });
  const id = `channel-${channel.id}`;
  const { id: channelId, revision, name, url, sends, enabled } = channel;
  const problem = test.error ?? update.error;
  return (
    <section aria-labelledby={id} className="space-y-3 border-y border-line bg-panel py-3">
      <div className="space-y-3 px-4">
        <div>
          <h2 id={id} className="font-semibold break-words">
            {name}
            {!enabled && <span className="font-normal text-muted"> (switched off)</span>}
          </h2>
          <p className="break-all text-muted">{url}</p>
          <p>
            {sends === 'all' ? 'Gets everything.' : 'Gets only what nobody acknowledged in time.'} {formatCount(channel.delivered)} delivered, {formatCount(channel.waiting)} waiting,{' '}
            <span className={channel.givenUp > 0 ? 'font-medium text-failing' : ''}>{formatCount(channel.givenUp)} given up</span>.
          </p>
        </div>
        {channel.failing !== null && <Notice severity="warning" text={channel.failing} action="It is tried again at growing intervals for a day." />}
        {problem !== null && <Notice severity="error" text={problem.message} />}
        <div className="flex flex-wrap gap-2">
          <button type="button" className="button" disabled={!enabled || test.isPending} onClick={() => test.mutate({ channelId })}>
            Send a test
          </button>
          <button type="button" className="button" onClick={() => setOpen('edit')}>
            Change …
          </button>
          <button type="button" className="button" disabled={update.isPending} onClick={() => update.mutate({ channelId, revision, name, url, sends, enabled: !enabled })}>
            {enabled ? 'Switch off' : 'Switch on'}
          </button>
          <button type="button" className="button" onClick={() => setOpen('secret')}>
            New secret …
          </button>
          <button type="button" className="button" onClick={() => setOpen('remove')}>
            Remove …
          </button>
        </div>
      </div>
      {channel.recent.length > 0 && <DeliveryTable channel={channel} />}
      <Dialog open={open === 'edit'} onClose={close} title={`Change ${name}`}>
        <ChannelForm channel={channel} onDone={close} />
      </Dialog>
      <Dialog open={renew.data !== undefined} onClose={() => renew.reset()} title="New signing secret">
        {renew.data !== undefined && <NewSecret secret={renew.data.secret} name={renew.data.name} what="signing secret of" onDone={() => renew.reset()} />}
      </Dialog>
      <ConsequencesDialog
        open={open === 'secret'}
        title={`New secret for ${name}`}
        consequences={['From now on everything that is sent there is signed with the new secret.', 'The receiver refuses what it cannot check until it has the new one.']}
        verb="Make a new secret"
        refrain="Keep the former"
        pending={renew.isPending}
        problem={renew.error?.message ?? null}
        onConfirm={() => renew.mutate({ channelId }, { onSuccess: close })}
        onClose={close}
      />
      <ConsequencesDialog
        open={open === 'remove'}
        title={`Remove ${name}`}
        consequences={['Nothing is sent there any more, and what still waits is given up.', 'What was sent stays on record.']}
        verb="Remove it"
        refrain="Keep it"
        pending={remove.isPending}
        problem={remove.error?.message ?? null}
        onConfirm={() => remove.mutate({ channelId }, { onSuccess: close })}
        onClose={close}
      />
    </section>
  );
}
