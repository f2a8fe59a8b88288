'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ChannelSends, ChannelView } from '@/server/services/notices/channels/channel-view';
import { useTRPC } from '../../../_api/trpc';
import { FIRST_FOCUS } from '../../../_ui/dialog';
import { formText } from '../../../_ui/form-text';
import { Field } from '../../../_ui/form/field';
import { Notice } from '../../../_ui/states/notice';
import { NewSecret } from '../tokens/new-secret';

const SENDS_WORDS: Record<ChannelSends, string> = { all: 'everything, as soon as it is raised', escalated: 'only what nobody acknowledged in time' };

/** Adds a channel, or changes one. A new one shows its signing secret once. */
export function ChannelForm({ channel, onDone }: { channel: ChannelView | null; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries(trpc.notices.channels.list.queryFilter());
  const create = useMutation({ ...trpc.notices.channels.create.mutationOptions(), onSuccess });
  const update = useMutation({
    ...trpc.notices.channels.update.mutationOptions(),
    onSuccess: async () => {
      await onSuccess();
      onDone();
    },
  });
  if (create.data !== undefined) return <NewSecret secret={create.data.secret} name={create.data.channel.name} what="signing secret of" onDone={onDone} />;
  const submit = (form: FormData) => {
    const wanted = { name: formText(form, 'name'), url: formText(form, 'url'), sends: formText(form, 'sends') === 'escalated' ? ('escalated' as const) : ('all' as const) };
    if (channel === null) create.mutate(wanted);
    else update.mutate({ ...wanted, channelId: channel.id, revision: channel.revision, enabled: channel.enabled });
  };
  const error = create.error ?? update.error;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      <Field label="Name" hint="Who is reached there, for example integration on call">
        {(control) => <input {...control} {...FIRST_FOCUS} className="field w-full" name="name" required maxLength={100} autoComplete="off" defaultValue={channel?.name} />}
      </Field>
      <Field label="Address" hint="Gets a JSON POST. Put no secret into it: requests are signed instead.">
        {(control) => <input {...control} className="field w-full" type="url" name="url" required placeholder="https://pager.internal/signalbox" autoComplete="off" defaultValue={channel?.url} />}
      </Field>
      <Field label="Send">
        {(control) => (
          <select {...control} className="field w-full" name="sends" defaultValue={channel?.sends ?? 'all'}>
            {Object.entries(SENDS_WORDS).map(([sends, words]) => (
              <option key={sends} value={sends}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      {error !== null && <Notice severity="error" text={error.message} />}
      <div className="flex gap-2">
        <button type="submit" className="button button-primary" disabled={create.isPending || update.isPending}>
          {channel === null ? 'Add it' : 'Save'}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
