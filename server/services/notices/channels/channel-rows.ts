import { and, eq, isNull } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { Json } from '@/server/domain/canonical-json';
import { schema } from '@/server/store/postgres';
import type { Transaction } from '../../contracts/console-state';
import { Refusal } from '../../refusal';

export type ChannelRow = typeof schema.noticeChannels.$inferSelect;

/** Locked until the end of the transaction, so that changes follow one another. @throws Refusal not-found */
export async function loadChannel(tx: Transaction, channelId: string): Promise<ChannelRow> {
  const { noticeChannels: table } = schema;
  const [row] = await tx.select().from(table).where(and(eq(table.id, channelId), isNull(table.removedAt))).for('update');
  if (!row) throw new Refusal('not-found', `Channel ${channelId} was not found.`);
  return row;
}

/** A name is used once. @throws Refusal conflict */
export async function refuseTakenName(tx: Transaction, name: string, except: string | null): Promise<void> {
  const other = await tx.query.noticeChannels.findFirst({ where: (row, { and: both, eq: is, isNull: none }) => both(is(row.name, name), none(row.removedAt)) });
  if (other && other.id !== except) throw new Refusal('conflict', `A channel named "${name}" exists already. Choose another name.`);
}

/** 256 random bits; recognisable by secret scanners. */
export function newChannelSecret(): string {
  return `sbn_${randomBytes(32).toString('base64url')}`;
}

/** Never the secret. The address without its query, which may carry one. */
export function channelForAudit({ name, url, sends, enabled, revision }: ChannelRow): Json {
  const { origin, pathname } = new URL(url);
  return { name, address: `${origin}${pathname}`, sends, enabled, revision };
}
