/** The collectors' side of the outbox: what is due, and what became of it. */
import { and, asc, eq, isNull, lte } from 'drizzle-orm';
import { nextAttempt } from '@/server/domain/notices/sending';
import { schema, type Database } from '@/server/store/postgres';

export type DeliveryRow = typeof schema.noticeDeliveries.$inferSelect;
export type ChannelRow = typeof schema.noticeChannels.$inferSelect;

/** While one collector sends, no other takes the same delivery; longer than any attempt takes. */
const CLAIM_MS = 60_000;
const PER_PASS = 50;

export async function enabledChannels(db: Database): Promise<ChannelRow[]> {
  const { noticeChannels: table } = schema;
  return db.select().from(table).where(and(eq(table.enabled, true), isNull(table.removedAt)));
}

/** What waits for a channel and is due, oldest first. */
export async function dueDeliveries(db: Database, channelId: string, now: Date): Promise<DeliveryRow[]> {
  const { noticeDeliveries: table } = schema;
  return db.select().from(table).where(and(eq(table.channelId, channelId), eq(table.state, 'waiting'), lte(table.nextAt, now))).orderBy(asc(table.createdAt), asc(table.id)).limit(PER_PASS);
}

/**
 * Takes one attempt. Whoever dies after it has sent and before it could note so leaves the delivery to be sent again, with
 * the same id.
 *
 * @returns the row with this attempt counted; null when another one has taken it
 */
export async function claimDelivery(db: Database, seen: DeliveryRow, now: Date): Promise<DeliveryRow | null> {
  const { noticeDeliveries: table } = schema;
  const [row] = await db.update(table).set({ attempts: seen.attempts + 1, nextAt: new Date(now.getTime() + CLAIM_MS) })
    .where(and(eq(table.id, seen.id), eq(table.state, 'waiting'), eq(table.attempts, seen.attempts))).returning();
  return row ?? null;
}

/** @param error null: a 2xx came back; else a sentence without secrets */
export async function settleDelivery(db: Database, claimed: DeliveryRow, error: string | null, now: Date): Promise<void> {
  const { noticeDeliveries: table } = schema;
  const again = error === null ? null : nextAttempt({ attempts: claimed.attempts, createdAt: claimed.createdAt, now });
  await db.update(table).set(error === null
    ? { state: 'delivered', deliveredAt: now, lastError: null }
    : again === null ? { state: 'given-up', lastError: error } : { nextAt: again, lastError: error })
    .where(and(eq(table.id, claimed.id), eq(table.state, 'waiting'), eq(table.attempts, claimed.attempts)));
}
