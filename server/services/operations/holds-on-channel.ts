/** What lies on a channel: at most one pause and, over it, one reroute. */
import { and, inArray, notInArray } from 'drizzle-orm';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { schema, type Database } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';
import type { HoldRow } from './operation-rows';

export async function holdsOnChannels(db: Database | Transaction, channelIds: readonly string[]): Promise<HoldRow[]> {
  const { holds } = schema;
  return db.select().from(holds).where(and(inArray(holds.channelId, [...channelIds]), notInArray(holds.state, [...HOLD_OVER])));
}

/** The pause that a reroute of the channel lies over, or would; null: none. */
export async function pauseOn(db: Database | Transaction, channelId: string): Promise<HoldRow | null> {
  return (await holdsOnChannels(db, [channelId])).find(({ kind }) => kind === 'pause') ?? null;
}
