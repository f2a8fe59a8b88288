import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { sealChannelSecret } from '@/server/domain/notices/channel-secret';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { authorize } from '../../service-context';
import { channelForAudit, loadChannel, newChannelSecret } from './channel-rows';
import type { ChannelContext } from './channel-view';

export const channelIdInput = z.strictObject({ channelId: z.uuid() });

/** A new signing secret in the place of the former one, from the next attempt on; shown only now. @throws Refusal not-found */
export async function renewChannelSecret(context: ChannelContext, input: z.input<typeof channelIdInput>): Promise<{ name: string; secret: string }> {
  const { channelId } = channelIdInput.parse(input);
  const secret = newChannelSecret();
  return audited(context, { action: 'notices.channel-renew-secret', subject: `channel:${channelId}` }, async (tx, record) => {
    authorize(context, 'settings:manage', `Channel ${channelId}`);
    const before = await loadChannel(tx, channelId);
    const [row] = await tx.update(schema.noticeChannels)
      .set({ secret: sealChannelSecret(context.box, channelId, secret), revision: before.revision + 1, updatedBy: actorLabel(context.actor), updatedAt: context.now() })
      .where(eq(schema.noticeChannels.id, channelId)).returning();
    record({ subject: `channel:${before.name}`, before: channelForAudit(before), after: channelForAudit(row!) });
    return { name: before.name, secret };
  });
}
