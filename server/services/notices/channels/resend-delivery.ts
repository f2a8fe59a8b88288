import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import { Refusal } from '../../refusal';
import { authorize, type ServiceContext } from '../../service-context';
import { loadChannel } from './channel-rows';

export const resendDeliveryInput = z.strictObject({ deliveryId: z.uuid() });

/**
 * Has a delivery that failed sent again at once, with the same id and body: one that was given up gets one more attempt after
 * its day is over, one that waits goes on as before.
 *
 * @throws Refusal not-found; conflict when it was taken, or while the channel is switched off
 */
export async function resendDelivery(context: ServiceContext, input: z.input<typeof resendDeliveryInput>): Promise<{ delivery: string }> {
  const { deliveryId } = resendDeliveryInput.parse(input);
  const { noticeDeliveries: table } = schema;
  return audited(context, { action: 'notices.delivery-resend', subject: `delivery:${deliveryId}` }, async (tx, record) => {
    authorize(context, 'settings:manage', `Delivery ${deliveryId}`);
    const [seen] = await tx.select().from(table).where(eq(table.id, deliveryId));
    if (!seen) throw new Refusal('not-found', `Delivery ${deliveryId} was not found.`);
    const channel = await loadChannel(tx, seen.channelId);
    if (!channel.enabled) throw new Refusal('conflict', `"${channel.name}" is switched off. Switch it on first.`);
    const [row] = await tx.update(table).set({ state: 'waiting', nextAt: context.now() }).where(and(eq(table.id, deliveryId), ne(table.state, 'delivered'))).returning();
    if (!row) throw new Refusal('conflict', 'The receiver has taken it meanwhile; nothing is sent again.');
    record({ before: { state: seen.state, attempts: seen.attempts }, after: { state: row.state, channel: channel.name, event: row.event } });
    return { delivery: deliveryId };
  });
}
