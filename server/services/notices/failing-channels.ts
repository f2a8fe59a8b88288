import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** Channels for which something waits that failed before, with the newest reason. */
export async function failingChannels(db: Database): Promise<{ name: string; waiting: number; lastError: string }[]> {
  const { noticeChannels: channels, noticeDeliveries: deliveries } = schema;
  return db.select({ name: channels.name, waiting: sql<number>`count(*)::int`, lastError: sql<string>`(array_agg(${deliveries.lastError} order by ${deliveries.createdAt} desc) filter (where ${deliveries.lastError} is not null))[1]` })
    .from(deliveries).innerJoin(channels, eq(channels.id, deliveries.channelId))
    .where(and(eq(deliveries.state, 'waiting'), gt(deliveries.attempts, 0), isNull(channels.removedAt), sql`${deliveries.lastError} is not null`)).groupBy(channels.id, channels.name);
}
