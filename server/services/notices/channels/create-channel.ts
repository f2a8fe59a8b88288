import { z } from 'zod';
import { uuidv7 } from '@/server/domain/ids';
import { sealChannelSecret } from '@/server/domain/notices/channel-secret';
import { actorLabel } from '@/server/domain/roles/actor';
import { urlOf } from '@/server/domain/sources/connection';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { authorize } from '../../service-context';
import { channelForAudit, newChannelSecret, refuseTakenName } from './channel-rows';
import { CHANNEL_SENDS, type ChannelContext, type ChannelView } from './channel-view';
import { channelView } from './list-channels';

export const channelFields = {
  name: z.string().trim().min(1, { error: 'must not be empty' }).max(100),
  url: urlOf(/^https?$/, 'https://pager.internal/signalbox'),
  sends: z.enum(CHANNEL_SENDS).default('all'),
};
export const createChannelInput = z.strictObject(channelFields);

/**
 * Makes an address that notices are sent to. The secret with which they are signed is in this answer and nowhere else.
 *
 * @throws Refusal not-found (permission), conflict (name)
 */
export async function createChannel(context: ChannelContext, input: z.input<typeof createChannelInput>): Promise<{ channel: ChannelView; secret: string }> {
  const wanted = createChannelInput.parse(input);
  const secret = newChannelSecret();
  return audited(context, { action: 'notices.channel-create', subject: `channel:${wanted.name}` }, async (tx, record) => {
    authorize(context, 'settings:manage', 'The list of notification channels');
    await refuseTakenName(tx, wanted.name, null);
    const now = context.now();
    const id = uuidv7(now.getTime());
    const by = actorLabel(context.actor);
    const [row] = await tx.insert(schema.noticeChannels)
      .values({ id, ...wanted, secret: sealChannelSecret(context.box, id, secret), createdBy: by, createdAt: now, updatedBy: by, updatedAt: now }).returning();
    record({ after: channelForAudit(row!) });
    return { channel: await channelView(tx, row!), secret };
  });
}
