import { asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { NOTICE_EVENTS } from '@/server/domain/notices/payload';
import { isNoticeReason, REASONS } from '@/server/domain/notices/reasons';
import { schema, type Database } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../../service-context';
import { CHANNEL_SENDS, DELIVERY_STATES, type ChannelView, type DeliveryView } from './channel-view';

const RECENT = 20;

/** All channels by name, with what became of what they were to send. @throws Refusal not-found (permission) */
export async function listChannels(context: ServiceContext): Promise<{ items: ChannelView[]; asOf: string }> {
  authorize(context, 'settings:manage', 'The list of notification channels');
  const { noticeChannels: table } = schema;
  const rows = await context.db.select().from(table).where(isNull(table.removedAt)).orderBy(asc(table.name));
  const items = await Promise.all(rows.map((row) => channelView(context.db, row)));
  return { items, asOf: context.now().toISOString() };
}

export async function channelView(db: Pick<Database, 'select'>, row: typeof schema.noticeChannels.$inferSelect): Promise<ChannelView> {
  const { noticeDeliveries: deliveries, notices } = schema;
  const counts = await db.select({ state: deliveries.state, n: sql<number>`count(*)::int` }).from(deliveries).where(eq(deliveries.channelId, row.id)).groupBy(deliveries.state);
  const newest = await db.select({ delivery: deliveries, reason: notices.reason, operationId: notices.operationId }).from(deliveries).leftJoin(notices, eq(notices.id, deliveries.noticeId))
    .where(eq(deliveries.channelId, row.id)).orderBy(desc(deliveries.createdAt), desc(deliveries.id)).limit(RECENT);
  const [failing] = await db.select({ lastError: deliveries.lastError }).from(deliveries)
    .where(sql`${deliveries.channelId} = ${row.id} and ${deliveries.state} = 'waiting' and ${deliveries.lastError} is not null`).orderBy(desc(deliveries.createdAt)).limit(1);
  const count = (state: DeliveryView['state']) => counts.find((one) => one.state === state)?.n ?? 0;
  return {
    id: row.id, name: row.name, url: row.url, sends: CHANNEL_SENDS.find((sends) => sends === row.sends) ?? 'all', enabled: row.enabled, revision: row.revision,
    updatedBy: row.updatedBy, updatedAt: row.updatedAt.toISOString(), waiting: count('waiting'), delivered: count('delivered'), givenUp: count('given-up'), failing: failing?.lastError ?? null,
    recent: newest.map(({ delivery, reason, operationId }) => {
      const state = DELIVERY_STATES.find((known) => known === delivery.state) ?? 'waiting';
      return {
        id: delivery.id, event: NOTICE_EVENTS.find((event) => event === delivery.event) ?? 'test', title: reason === null ? null : isNoticeReason(reason) ? REASONS[reason].title : reason, operationId,
        createdAt: delivery.createdAt.toISOString(), state, attempts: delivery.attempts, nextAt: state === 'waiting' ? delivery.nextAt.toISOString() : null, lastError: delivery.lastError,
        deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
      };
    }),
  };
}
