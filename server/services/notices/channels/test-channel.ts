import type { z } from 'zod';
import { uuidv7 } from '@/server/domain/ids';
import { noticePayload } from '@/server/domain/notices/payload';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { Refusal } from '../../refusal';
import { authorize, type ServiceContext } from '../../service-context';
import { loadChannel } from './channel-rows';
import { channelIdInput } from './renew-channel-secret';

/** Has a collector send a test; what became of it shows in the channel's list. @throws Refusal not-found; conflict while it is switched off */
export async function testChannel(context: ServiceContext, input: z.input<typeof channelIdInput>): Promise<{ delivery: string }> {
  const { channelId } = channelIdInput.parse(input);
  return audited(context, { action: 'notices.channel-test', subject: `channel:${channelId}` }, async (tx, record) => {
    authorize(context, 'settings:manage', `Channel ${channelId}`);
    const channel = await loadChannel(tx, channelId);
    record({ subject: `channel:${channel.name}` });
    if (!channel.enabled) throw new Refusal('conflict', `"${channel.name}" is switched off. Switch it on first.`);
    const now = context.now();
    const id = uuidv7(now.getTime());
    await tx.insert(schema.noticeDeliveries).values({ id, channelId, event: 'test', payload: noticePayload(id, 'test', now, null), nextAt: now, createdAt: now });
    return { delivery: id };
  });
}
