import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { authorize, type ServiceContext } from '../../service-context';
import { channelForAudit, loadChannel } from './channel-rows';
import { channelIdInput } from './renew-channel-secret';

/** Nothing is sent there any more; its secret is forgotten, what was sent stays on record. @throws Refusal not-found */
export async function removeChannel(context: ServiceContext, input: z.input<typeof channelIdInput>): Promise<{ name: string }> {
  const { channelId } = channelIdInput.parse(input);
  const { noticeChannels, noticeDeliveries } = schema;
  return audited(context, { action: 'notices.channel-remove', subject: `channel:${channelId}` }, async (tx, record) => {
    authorize(context, 'settings:manage', `Channel ${channelId}`);
    const before = await loadChannel(tx, channelId);
    await tx.update(noticeChannels).set({ removedAt: context.now(), enabled: false, secret: '', updatedBy: actorLabel(context.actor), updatedAt: context.now() }).where(eq(noticeChannels.id, channelId));
    await tx.update(noticeDeliveries).set({ state: 'given-up', lastError: 'The channel was removed.' }).where(and(eq(noticeDeliveries.channelId, channelId), eq(noticeDeliveries.state, 'waiting')));
    record({ subject: `channel:${before.name}`, before: channelForAudit(before) });
    return { name: before.name };
  });
}
