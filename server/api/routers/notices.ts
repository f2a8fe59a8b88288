import { withBox } from '@/server/api/installation-box';
import { procedureFor, router } from '@/server/api/trpc';
import { acknowledgeInput, acknowledgeNotice } from '@/server/services/notices/acknowledge-notice';
import { createChannel, createChannelInput } from '@/server/services/notices/channels/create-channel';
import { listChannels } from '@/server/services/notices/channels/list-channels';
import { removeChannel } from '@/server/services/notices/channels/remove-channel';
import { channelIdInput, renewChannelSecret } from '@/server/services/notices/channels/renew-channel-secret';
import { resendDelivery, resendDeliveryInput } from '@/server/services/notices/channels/resend-delivery';
import { testChannel } from '@/server/services/notices/channels/test-channel';
import { updateChannel, updateChannelInput } from '@/server/services/notices/channels/update-channel';
import { listNotices } from '@/server/services/notices/list-notices';

export const noticesRouter = router({
  /** What has reached the caller. */
  list: procedureFor('signed-in').query(({ ctx }) => listNotices(ctx)),
  /** Refuses for whom it has not reached. */
  acknowledge: procedureFor('notices:acknowledge').input(acknowledgeInput).mutation(({ ctx, input }) => acknowledgeNotice(ctx, input)),
  channels: router({
    list: procedureFor('settings:manage').query(({ ctx }) => listChannels(ctx)),
    create: procedureFor('settings:manage').input(createChannelInput).mutation(({ ctx, input }) => createChannel(withBox(ctx), input)),
    update: procedureFor('settings:manage').input(updateChannelInput).mutation(({ ctx, input }) => updateChannel(ctx, input)),
    renewSecret: procedureFor('settings:manage').input(channelIdInput).mutation(({ ctx, input }) => renewChannelSecret(withBox(ctx), input)),
    remove: procedureFor('settings:manage').input(channelIdInput).mutation(({ ctx, input }) => removeChannel(ctx, input)),
    resend: procedureFor('settings:manage').input(resendDeliveryInput).mutation(({ ctx, input }) => resendDelivery(ctx, input)),
    test: procedureFor('settings:manage').input(channelIdInput).mutation(({ ctx, input }) => testChannel(ctx, input)),
  }),
});
