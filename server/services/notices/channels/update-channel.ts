import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { Refusal } from '../../refusal';
import { authorize, type ServiceContext } from '../../service-context';
import { channelForAudit, loadChannel, refuseTakenName } from './channel-rows';
import type { ChannelView } from './channel-view';
import { channelFields } from './create-channel';
import { channelView } from './list-channels';

/** All fields, with the revision that was read: a change that somebody else made meanwhile is not overwritten. */
export const updateChannelInput = z.strictObject({ ...channelFields, channelId: z.uuid(), revision: z.int(), enabled: z.boolean() });

/**
 * Changes a channel. Switching it off gives up what still waits for it, so that nothing old arrives when it is switched on again.
 *
 * @throws Refusal not-found, conflict
 */
export async function updateChannel(context: ServiceContext, input: z.input<typeof updateChannelInput>): Promise<ChannelView> {
  const { channelId, revision, ...wanted } = updateChannelInput.parse(input);
  const { noticeChannels, noticeDeliveries } = schema;
  return audited(context, { action: 'notices.channel-update', subject: `channel:${channelId}` }, async (tx, record) => {
    authorize(context, 'settings:manage', `Channel ${channelId}`);
    const before = await loadChannel(tx, channelId);
    record({ subject: `channel:${before.name}`, before: channelForAudit(before) });
    if (before.revision !== revision) throw new Refusal('conflict', `"${before.name}" was changed by ${before.updatedBy} meanwhile. Look at it again.`);
    await refuseTakenName(tx, wanted.name, channelId);
    const [row] = await tx.update(noticeChannels).set({ ...wanted, revision: revision + 1, updatedBy: actorLabel(context.actor), updatedAt: context.now() }).where(eq(noticeChannels.id, channelId)).returning();
    if (before.enabled && !wanted.enabled) {
      await tx.update(noticeDeliveries).set({ state: 'given-up', lastError: 'The channel was switched off.' }).where(and(eq(noticeDeliveries.channelId, channelId), eq(noticeDeliveries.state, 'waiting')));
    }
    record({ after: channelForAudit(row!) });
    return channelView(tx, row!);
  });
}
